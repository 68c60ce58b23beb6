#include "cli/commands.h"

int main(int argc, char* argv[]) {
  using namespace parley::cli;
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_serve_command());
  commands.push_back(make_send_command());
  commands.push_back(make_open_command());
  commands.push_back(make_derive_command());
  commands.push_back(make_store_command());
  commands.push_back(make_profiles_command());
  commands.push_back(make_settings_command());
  commands.push_back(make_demo_command());
  commands.push_back(make_version_command());
  return run_program(std::move(commands), argc, argv);
}
