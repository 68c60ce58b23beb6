#pragma once

#include <string>

#include "base/result.h"
#include "bindings/http/http_client.h"

namespace parley::http {

/// One document by GET, whatever the status of the answer, and waits for it. Redirections are not
/// followed. `settings` bound it. Errors: those of HttpClient.
Result<Response> fetch(std::string address, ClientSettings settings);

/// One request, likewise.
Result<Response> exchange(Post post, ClientSettings settings);

}  // namespace parley::http
