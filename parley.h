#pragma once

// The one include for programs that embed Parley. `Node` is the easy way in; programs with an event
// loop, a transport or a database of their own use `engine::Engine` with `engine/engine.h` directly.

#include "base/base64.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/http/http_server.h"
#include "bindings/http/tls.h"
#include "bindings/soap/soap_codec.h"
#include "engine/engine.h"
#include "engine/profile.h"
#include "host/credential_files.h"
#include "host/node.h"
#include "host/user_files.h"

namespace parley {

using engine::Delivery;
using engine::FaultBody;
using engine::Outgoing;
using engine::Profile;
using engine::Ticket;
using host::Conversation;
using host::CredentialFiles;
using host::Description;
using host::ExposedSecret;
using host::Handled;
using host::Node;
using host::NodeSettings;
using engine::GivenContext;
using host::principal_of;
using host::read_credentials;
using host::read_password;
using host::read_users;
using host::Records;
using policy::OfferedMessage;
using policy::OfferedService;
using store::ReportKind;
using Report = store::ReportFact::Value;

}  // namespace parley
