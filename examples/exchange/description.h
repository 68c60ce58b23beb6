#pragma once

#include <parley.h>

namespace exchange {

/// What the service is, for everybody who asks with "?wsdl": a client can be generated from it.
parley::Description description();

}  // namespace exchange
