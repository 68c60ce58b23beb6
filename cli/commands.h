#pragma once

#include <memory>

#include "cli/flags.h"

namespace parley::cli {

std::unique_ptr<Command> make_demo_command();
std::unique_ptr<Command> make_derive_command();
std::unique_ptr<Command> make_open_command();
std::unique_ptr<Command> make_profiles_command();
std::unique_ptr<Command> make_send_command();
std::unique_ptr<Command> make_serve_command();
std::unique_ptr<Command> make_settings_command();
std::unique_ptr<Command> make_store_command();
std::unique_ptr<Command> make_version_command();

}  // namespace parley::cli
