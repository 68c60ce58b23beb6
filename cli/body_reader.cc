#include "cli/body_reader.h"

#include <cerrno>
#include <cstring>

#include "cli/failure.h"

namespace parley::cli {
namespace {

// Standard input is not ours to close.
int leave_open(std::FILE*) {
  return 0;
}

}  // namespace

BodyReader::BodyReader(std::vector<std::string> files,
                       Separator separator,
                       std::size_t body_bytes_max)
    : files_(std::move(files)), separator_(separator), body_bytes_max_(body_bytes_max) {
  if (files_.empty()) {
    files_.emplace_back("-");
  }
}

bool BodyReader::open_next() {
  if (next_file_ == files_.size()) {
    return false;
  }
  name_ = files_[next_file_++];
  count_ = 0;
  if (name_ == "-") {
    name_ = "standard input";
    file_ = File(stdin, &leave_open);
    return true;
  }
  file_ = File(std::fopen(name_.c_str(), "rb"), &std::fclose);
  if (file_ == nullptr) {
    throw Failure(ExitCode::input, name_ + ": " + std::strerror(errno) + "; give a readable file");
  }
  return true;
}

std::optional<Bytes> BodyReader::read_body() {
  Bytes body;
  int octet = 0;
  const int end = separator_ == Separator::line ? '\n' : '\0';
  while ((octet = std::fgetc(file_.get())) != EOF) {
    if (separator_ != Separator::none && octet == end) {
      if (!body.empty()) {
        break;
      }
      continue;
    }
    if (body.size() == body_bytes_max_) {
      throw Failure(ExitCode::input,
                    name_ + ": a body is larger than " + std::to_string(body_bytes_max_) +
                        " octets; send it in parts, or raise limit.envelope_bytes_max");
    }
    body.push_back(static_cast<Byte>(octet));
  }
  if (std::ferror(file_.get()) != 0) {
    throw Failure(ExitCode::input, name_ + ": " + std::strerror(errno) + "; give a readable file");
  }
  return body.empty() ? std::nullopt : std::optional(std::move(body));
}

std::optional<Bytes> BodyReader::next() {
  while (file_ != nullptr || open_next()) {
    if (std::optional<Bytes> body = read_body()) {
      ++count_;
      return body;
    }
    if (separator_ == Separator::none && count_ == 0) {
      throw Failure(ExitCode::input, name_ + ": it is empty; a body is one XML element");
    }
    file_ = File(nullptr, nullptr);
  }
  return std::nullopt;
}

std::string BodyReader::place() const {
  return separator_ == Separator::none ? name_ : name_ + ", body " + std::to_string(count_);
}

}  // namespace parley::cli
