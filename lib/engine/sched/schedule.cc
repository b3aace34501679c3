#include "engine/sched/schedule.h"

#include <algorithm>

#include "base/check.h"
#include "engine/sched/draft_plan.h"

namespace rbee::engine {
namespace {

// What is left of a step while it is filled.
struct Budget {
  std::uint32_t tokens = 0;
  std::uint32_t rows = 0;
};

std::size_t count_admissible(const SchedulerSnapshot& snapshot) {
  std::uint32_t blocks = snapshot.free_blocks;
  std::size_t admitted = 0;
  for (const SequenceSnapshot& next : snapshot.waiting) {
    if (snapshot.running.size() + admitted >= snapshot.sequences_max || next.blocks > blocks) break;
    blocks -= next.blocks;
    ++admitted;
  }
  return admitted;
}

// How many of `wanted` more tokens the sequence can get, when it has `given` already; takes them from the budget.
std::uint32_t grant(const SequenceSnapshot& sequence, std::uint32_t given, std::uint32_t wanted, Budget& budget) {
  std::uint32_t tokens = std::min({wanted, budget.tokens, sequence.tokens_left - given});
  if (sequence.rows == RowsWanted::kEvery) {
    tokens = std::min(tokens, budget.rows);
    budget.rows -= tokens;
  } else if (tokens > 0 && given + tokens == sequence.tokens_left) {
    if (budget.rows > 0) {
      --budget.rows;
    } else {
      --tokens;  // its last token waits for a step with a free row
    }
  }
  budget.tokens -= tokens;
  return tokens;
}

class StepFiller {
 public:
  StepFiller(const SchedulerSnapshot& snapshot, std::size_t admitted) {
    for (const SequenceSnapshot& sequence : snapshot.running) sequences_.push_back(&sequence);
    for (std::size_t i = 0; i < admitted; ++i) sequences_.push_back(&snapshot.waiting[i]);
    given_.resize(sequences_.size(), 0);
    drafts_.resize(sequences_.size(), 0);
    budget_ = {.tokens = snapshot.tokens_max, .rows = snapshot.rows_max};
    for (std::size_t i = 0; i < sequences_.size(); ++i) {
      RBEE_CHECK(sequences_[i]->tokens_left > 0);
      (sequences_[i]->decoding ? decodes_ : prefills_).push_back(i);
    }
  }

  void fill_decodes() {
    Budget kept;
    if (!prefills_.empty()) kept = {.tokens = std::max(budget_.tokens / 4, 1U), .rows = 1};
    budget_.tokens -= kept.tokens;
    budget_.rows -= kept.rows;
    std::stable_sort(decodes_.begin(), decodes_.end(),
                     [&](std::size_t a, std::size_t b) { return sequences_[a]->last_step < sequences_[b]->last_step; });
    for (const std::size_t i : decodes_) give(i, 1);
    budget_.tokens += kept.tokens;
    budget_.rows += kept.rows;
  }

  void fill_prefills() {
    if (prefills_.empty()) return;
    const auto shortest = std::min_element(prefills_.begin(), prefills_.end(), [&](std::size_t a, std::size_t b) {
      return sequences_[a]->tokens_left < sequences_[b]->tokens_left;
    });
    const std::uint32_t half = (budget_.tokens + 1) / 2;
    give_oldest(half);
    give(*shortest, budget_.tokens);
    for (const std::size_t i : prefills_) give(i, budget_.tokens);
  }

  void fill_drafts(double token_cost) {
    if (!prefills_.empty()) return;
    std::vector<std::size_t> served;
    std::vector<DraftOffer> offers;
    for (const std::size_t i : decodes_) {
      if (given_[i] == 0) continue;
      served.push_back(i);
      offers.push_back({.tokens_max = sequences_[i]->draft_tokens, .acceptance = sequences_[i]->acceptance});
    }
    const std::vector<std::uint32_t> drafts = plan_drafts(offers, std::min(budget_.tokens, budget_.rows), token_cost);
    for (std::size_t k = 0; k < served.size(); ++k) drafts_[served[k]] = drafts[k];
  }

  std::vector<ScheduledChunk> chunks() const {
    std::vector<ScheduledChunk> chunks;
    for (const std::vector<std::size_t>* group : {&decodes_, &prefills_}) {
      for (const std::size_t i : *group) {
        if (given_[i] > 0) chunks.push_back({.sequence = i, .tokens = given_[i], .draft = drafts_[i]});
      }
    }
    return chunks;
  }

 private:
  void give(std::size_t i, std::uint32_t wanted) { given_[i] += grant(*sequences_[i], given_[i], wanted, budget_); }

  // Half of the rows too: otherwise a prompt that wants every row would leave none to the others, or get none.
  void give_oldest(std::uint32_t tokens) {
    const std::uint32_t kept_rows = budget_.rows / 2;
    budget_.rows -= kept_rows;
    give(prefills_.front(), tokens);
    budget_.rows += kept_rows;
  }

  std::vector<const SequenceSnapshot*> sequences_;
  std::vector<std::uint32_t> given_, drafts_;
  std::vector<std::size_t> decodes_, prefills_;
  Budget budget_;
};

}  // namespace

Schedule schedule(const SchedulerSnapshot& snapshot) {
  RBEE_CHECK(snapshot.tokens_max >= 2 && snapshot.rows_max >= 2);
  const std::size_t admitted = count_admissible(snapshot);
  StepFiller step(snapshot, admitted);
  step.fill_decodes();
  step.fill_prefills();
  step.fill_drafts(snapshot.token_cost);
  return {.admitted = admitted, .chunks = step.chunks()};
}

}  // namespace rbee::engine
