#include "cli/demo/demo_keys.h"

#include <chrono>

#include "cli/failure.h"
#include "cli/file_output.h"
#include "crypto/issuer.h"

namespace parley::cli {

void make_demo_keys(const DemoFiles& files) {
  const WallTime now{std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count()};
  const auto issuer =
      need(crypto::Issuer::make("parley demo authority", now, std::chrono::hours(48)),
           "the demo's authority");
  need(write_durably(files.authority(), issuer.certificate_pem(), Readers::everybody),
       files.authority());
  for (const Side side : {Side::client, Side::service}) {
    const auto issued =
        need(issuer.issue("parley demo " + std::string(name_of(side))), "a demo key");
    need(write_durably(files.certificate(side), issued.certificate_pem, Readers::everybody),
         files.certificate(side));
    need(write_durably(files.key(side), issued.key_pem.view(), Readers::owner), files.key(side));
  }
}

}  // namespace parley::cli
