#include "dump.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "json_lines.h"

namespace exchange {

namespace fs = std::filesystem;

Dump::Dump(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    throw Refusal("cannot make the folder " + folder_.string());
  }
  for (const auto& entry : fs::directory_iterator(folder_)) {
    count_ = std::max<std::uint64_t>(count_,
                                     std::strtoull(entry.path().filename().c_str(), nullptr, 10));
  }
}

void Dump::message(bool is_outgoing, std::string_view head, parley::ByteView body) {
  char name[40];
  std::snprintf(name, sizeof name, "%04llu-%s.http", static_cast<unsigned long long>(++count_),
                is_outgoing ? "out" : "in");
  std::ofstream file(folder_ / name, std::ios::binary);
  file << head << parley::as_text(body);
}

void Dump::secret(const parley::ExposedSecret& secret) {
  std::ofstream file(folder_ / "secrets.jsonl", std::ios::app);
  file << secret_line(secret) << '\n';
}

}  // namespace exchange
