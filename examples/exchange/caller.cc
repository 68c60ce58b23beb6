#include <algorithm>
#include <future>
#include <iostream>
#include <mutex>
#include <vector>

#include "json_lines.h"
#include "options.h"
#include "stream.h"

namespace exchange {
namespace {

/// What several threads have to say for the user.
class Notes {
 public:
  void add(const std::string& note) {
    const std::lock_guard lock(mutex_);
    if (text_.find(note) == std::string::npos) {
      text_ += text_.empty() ? note : "; " + note;
    }
  }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// One profile for each stream, all alike but for their names.
std::vector<parley::Profile> profiles_of(const Cell& cell,
                                         const std::string& issuer,
                                         std::uint64_t streams) {
  std::vector<parley::Profile> profiles;
  for (std::uint64_t stream = 0; stream < streams; ++stream) {
    profiles.push_back(profile_of(cell));
    profiles.back().issuer = issuer;
    profiles.back().name += '#' + std::to_string(stream);
  }
  return profiles;
}

void add(CallResult& all, const CallResult& one) {
  all.sent += one.sent;
  all.answered += one.answered;
  all.faults.insert(all.faults.end(), one.faults.begin(), one.faults.end());
  all.elapsed_s = std::max(all.elapsed_s, one.elapsed_s);
  if (one.total_ok) {
    all.total_ok = all.total_ok.value_or(true) && *one.total_ok;
  }
}

}  // namespace

int call(const Options& options) {
  const std::vector<Cell> cells = chosen_cells(options);
  if (options.cell_ids.size() != 1) {
    throw Refusal("call takes one --cell");
  }
  const Cell& cell = cells.front();
  parley::NodeSettings settings = node_settings(options, "client");
  std::string issuer = options.issuer;
  if (cell.is_issued()) {
    issuer = issuer.empty() ? issuer_of(options.url) : issuer;
    settings.credentials.peer_certificates_pem[issuer] = certificate_of("sts");
  }
  settings.profiles = profiles_of(cell, issuer, options.streams);
  if (cell.is_over_tls()) {
    settings.client_tls = tls_of("client");
  }
  if (cell.reply.find("addressable") != std::string::npos) {
    settings.listen = {{"localhost", options.port, nullptr}};
    settings.reply_address = "http://localhost:" + std::to_string(options.port) + "/replies";
  }
  auto notes = std::make_shared<Notes>();
  settings.on_report = [notes](const parley::Report& report) {
    if (report.kind != parley::ReportKind::conversation_ended) {
      notes->add("reported: " + std::string(parley::text_of(report.reason)));
    }
  };
  auto node = parley::Node::start(std::move(settings));
  if (!node) {
    std::cerr << "peer: " << node.error().message() << '\n';
    return 1;
  }

  std::vector<std::future<CallResult>> streams;
  for (std::uint64_t number = 0; number < options.streams; ++number) {
    const std::string sender =
        options.streams == 1 ? options.sender : options.sender + '-' + std::to_string(number);
    streams.push_back(std::async(std::launch::async, [&, number, sender] {
      const std::string profile = cell.id + '#' + std::to_string(number);
      return Stream(**node, options, cell, profile, sender).run();
    }));
  }
  CallResult all;
  all.cell = cell.id;
  for (auto& stream : streams) {
    const CallResult one = stream.get();
    add(all, one);
    if (!one.notes.empty()) {
      notes->add(one.notes);
    }
  }
  (*node)->stop();
  all.notes = notes->text();
  std::cout << result_line(all) << std::endl;
  const bool is_right = all.answered == all.sent && all.faults.empty() &&
                        (options.mode == Mode::echo || all.total_ok == true);
  return is_right ? 0 : 1;
}

}  // namespace exchange
