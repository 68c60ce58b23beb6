#include "cli/failure.h"

namespace parley::cli {
namespace {

constexpr std::pair<ErrorCode, std::string_view> kRemedies[] = {
    {ErrorCode::store_locked, "end the program that has it open"},
    {ErrorCode::store_wrong_key, "give the key that it was made with (--master-key)"},
    {ErrorCode::store_corrupt, "'parley store verify' names the damaged records; restore a copy"},
    {ErrorCode::store_version, "use the newer program"},
    {ErrorCode::disk_full, "make room and start again, nothing acknowledged is lost"},
    {ErrorCode::io_failed, "check that it exists, and its permissions"},
    {ErrorCode::network_failed, "check the address, and whether the peer runs"},
    {ErrorCode::key_unusable, "check what it holds, and that nobody else may read a secret"},
    {ErrorCode::body_invalid, "give one XML element that declares all its namespaces"},
    {ErrorCode::algorithm_unsupported, "compare --set suite=... with what the peer uses"},
    {ErrorCode::authentication_failed, "compare the certificates on both sides"},
    {ErrorCode::token_invalid, "compare the certificates on both sides"},
    {ErrorCode::too_large, "'parley settings' shows the limits"},
};

std::string line_of(const Error& error, std::string_view what) {
  std::string line(what);
  line += ": ";
  line += text_of(error.code());
  if (!error.place().empty()) {
    line += " (";
    line += error.place();
    line += ')';
  }
  const std::string_view remedy = remedy_of(error.code());
  if (!remedy.empty()) {
    line += "; ";
    line += remedy;
  }
  return line;
}

}  // namespace

Failure::Failure(const Error& error, std::string_view what)
    : Failure(exit_code_of(error), line_of(error, what)) {}

std::string_view remedy_of(ErrorCode code) {
  for (const auto& [known, remedy] : kRemedies) {
    if (known == code) {
      return remedy;
    }
  }
  return {};
}

}  // namespace parley::cli
