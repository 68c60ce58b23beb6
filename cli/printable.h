#pragma once

#include <string>
#include <string_view>

namespace parley::cli {

/// For a terminal: control characters, those in UTF-8 too, become visible escapes, so that what a
/// peer wrote cannot steer it. Line breaks and tabs stay if `lines`, else become escapes as well.
std::string printable(std::string_view text, bool lines = false);

}  // namespace parley::cli
