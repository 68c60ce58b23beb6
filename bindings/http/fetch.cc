#include "bindings/http/fetch.h"

#include <optional>
#include <utility>

namespace parley::http {

Result<Response> fetch(std::string address, ClientSettings settings) {
  Post get;
  get.address = std::move(address);
  get.is_get = true;
  return exchange(std::move(get), std::move(settings));
}

Result<Response> exchange(Post post, ClientSettings settings) {
  IoLoop loop;
  HttpClient client(loop, std::move(settings));
  std::optional<Result<PostAnswer>> answer;
  loop.post([&] {
    client.post(std::move(post), [&](Result<PostAnswer> came) {
      answer.emplace(std::move(came));
      loop.stop();
    });
  });
  loop.run();
  if (!*answer) {
    return answer->error();
  }
  return std::move(**answer).response;
}

}  // namespace parley::http
