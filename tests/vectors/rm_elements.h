#pragma once

#include "bindings/soap/rm_bodies.h"
#include "bindings/soap/xml/document.h"
#include "tests/vectors/json.h"

namespace parley::vectors {

/// Reads one reliable-messaging element in the versions of `dialect` and compares it with what is
/// expected: a JSON object of its parts by their names. Empty = as expected, and the same again
/// after it was written and read.
std::string check_rm_element(const xml::Element& element,
                             const Json& expected,
                             const soap::RmDialect& dialect);

}  // namespace parley::vectors
