#include "cli/demo/message_cost.h"

#include "bench/bare.h"
#include "bench/measured.h"
#include "bench/message_bench.h"
#include "cli/demo/notes.h"

namespace parley::cli {

DemoOutcome::Cost measure_cost() {
  bench::MessageBench message("Basic256", true, kNoteBytes);
  bench::BareCryptography bare(message.octets(), bench::BareCryptography::Cipher::aes_256_cbc,
                               false);
  bench::Measured bare_protect([&] { bare.protect(); });
  bench::Measured protect([&] { message.protect(); });
  bench::Measured bare_open([&] { bare.open(); });
  bench::Measured open([&] { message.open(); });
  bench::measure({&bare_protect, &protect, &bare_open, &open});
  DemoOutcome::Cost cost;
  cost.bare_protect_us = bare_protect.best_us();
  cost.protect_us = protect.best_us();
  cost.bare_open_us = bare_open.best_us();
  cost.open_us = open.best_us();
  return cost;
}

}  // namespace parley::cli
