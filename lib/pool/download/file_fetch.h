#pragma once
// One file from the hub into its part: resumed, verified, tried again.

#include <string>

#include "pool/download/file_selection.h"
#include "pool/download/hub_client.h"
#include "pool/download/part_file.h"
#include "pool/download/progress_board.h"

namespace rbee::pool::download {

/// Fetches one file. One thread; the referenced things outlive it.
class FileFetch {
 public:
  FileFetch(HubClient& hub, const RepoListing& listing, const WantedFile& file, PartFile& part, ProgressBoard& board)
      : hub_(hub), listing_(listing), file_(file), part_(part), board_(board) {}

  /// Returns when the part holds the whole file, synced, with the digest that the hub lists: from the first byte that
  /// is missing; from the start when the file's tag changed or the server sends all of it. A wrong digest is fetched
  /// once more. Throws Error: kBadFile with both digests; kCancelled; as throw_refusal() and HubClient::get().
  void run();

 private:
  struct Attempt;
  void transfer_all();
  void attempt(Attempt& state);
  Flow take_head(const HubAnswer& answer, Attempt& state);
  Flow take_body(std::string_view piece);
  void restart(const std::string& why);
  void wait_or_give_up(const Attempt& state, int failures);

  HubClient& hub_;
  const RepoListing& listing_;
  const WantedFile& file_;
  PartFile& part_;
  ProgressBoard& board_;
};

}  // namespace rbee::pool::download
