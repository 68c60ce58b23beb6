#include <cstdio>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "json_lines.h"
#include "options.h"

namespace {

using exchange::Call;
using exchange::Mode;
using exchange::Options;

void add_common(CLI::App& app, Options& options) {
  app.add_option("--cell", options.cell_ids, "a cell by its name (may be repeated)");
  app.add_option("--cells", options.cells_file, "FILE: what another peer's `about` printed");
  app.add_option("--port", options.port, "first of the ports that may be used");
  app.add_option("--state", options.state, "DIR: go on from here after the process was killed");
  app.add_option("--dump", options.dump, "DIR: every HTTP message, and the secrets");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.sender = "parley-" + std::to_string(getpid());
  CLI::App app("The exchange service, offered and called through Parley.", "peer");
  app.require_subcommand(1);
  auto* about = app.add_subcommand("about", "prints what is spoken");
  about->add_option("--cells", options.cells_file, "FILE: what another peer's `about` printed");
  about->callback([&] { options.what = Call::about; });

  auto* serve = app.add_subcommand("serve", "offers the service");
  add_common(*serve, options);
  serve->add_option("--host", options.host, "address to listen on");
  serve->callback([&] { options.what = Call::serve; });

  auto* call = app.add_subcommand("call", "calls the service");
  add_common(*call, options);
  call->add_option("--url", options.url, "address of the service")->required();
  call->add_option("--issuer", options.issuer, "address of its token service");
  call->add_option("--count", options.count, "calls of each stream");
  const std::map<std::string, Mode> modes{{"echo", Mode::echo}, {"note", Mode::note}};
  call->add_option("--mode", options.mode)->transform(CLI::CheckedTransformer(modes));
  call->add_option("--size", options.size, "octets of each text");
  call->add_option("--streams", options.streams, "conversations side by side")
      ->check(CLI::Range(1, 1000));
  call->add_option("--sender", options.sender, "name of the sender of Notes");
  call->add_flag("--renew", options.renews, "ask for a new key of the context in the middle");
  call->callback([&] { options.what = Call::call; });
  CLI11_PARSE(app, argc, argv);

  try {
    switch (options.what) {
      case Call::about:
        std::puts(exchange::about_line(exchange::chosen_cells(options)).c_str());
        return 0;
      case Call::serve:
        return exchange::serve(options);
      case Call::call:
        return exchange::call(options);
    }
  } catch (const exchange::Refusal& refusal) {
    std::cerr << "peer: " << refusal.what() << '\n';
  }
  return 2;
}
