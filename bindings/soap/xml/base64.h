#pragma once

#include "base/base64.h"

namespace parley::xml {

using parley::append_base64;
using parley::decode_base64;

}  // namespace parley::xml
