#pragma once

#include <parley.h>

namespace exchange {

/// What the service at `url` is, for everybody who asks with "?wsdl": a client can be generated from
/// it.
parley::Description description(const std::string& url);

}  // namespace exchange
