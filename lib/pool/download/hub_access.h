#pragma once
// Where the hub is, and who asks.

#include <string>

#include "base/environment.h"
#include "pool/download/url.h"

namespace rbee::pool::download {

struct HubAccess {
  Url endpoint;
  std::string token;  ///< empty: anonymous
  enum class Network { kAllowed, kOffline } network = Network::kAllowed;

  /// The token goes to the hub itself only, and in the clear only within this machine.
  bool may_send_token_to(const Url& url) const;
};

/// From HF_ENDPOINT (default https://huggingface.co), HF_HUB_OFFLINE, and the first of HF_TOKEN, the file
/// HF_TOKEN_PATH, and the file `token` under HF_HOME, $XDG_CACHE_HOME/huggingface or ~/.cache/huggingface: the names
/// that huggingface_hub reads (its constants.py). Throws Error{kBadRequest}: an endpoint that is no address, a token
/// that is no token.
HubAccess hub_access(const Environment& environment);

}  // namespace rbee::pool::download
