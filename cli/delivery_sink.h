#pragma once

#include <memory>
#include <string>

#include "cli/shell_command.h"
#include "host/node_settings.h"

namespace parley::cli {

/// Where `serve` puts what it receives. Called for one delivery after the other, on one thread.
class DeliverySink {
 public:
  virtual ~DeliverySink() = default;
  virtual host::Handled take(const engine::Delivery& delivery) = 0;
};

/// Each body as a file of its own in a folder. The name follows from the name of the delivery, and
/// the file is there whole or not at all: a delivery that comes again after a crash replaces its
/// own file. So each message is one file, exactly once. A line on standard output names each.
std::unique_ptr<DeliverySink> make_folder_sink(std::string folder);

/// Each body to standard output, with `separator` after it. Standard output cannot take a body
/// back: what a crash hits between printing and remembering is printed again.
std::unique_ptr<DeliverySink> make_output_sink(char separator);

/// Each body to a command's standard input; what the command prints is the answer. Exit status 0:
/// it is done; 75: not now, the message comes again; any other: a request is answered with a fault,
/// a one-way message comes again. What a crash hits while the command runs, or before its end is
/// remembered, is given to it again; PARLEY_DELIVERY names the message, so that it can tell.
std::unique_ptr<DeliverySink> make_command_sink(std::string command, CommandLimits limits);

/// "1-5f3a9c2177aa01bc-00000000000000000017": the same for the same delivery, also after a crash,
/// and for no other delivery of the store. Good as a file name.
std::string name_of(const engine::DeliveryName& name);

}  // namespace parley::cli
