#include "cli/demo/player.h"

#include "cli/failure.h"

namespace parley::cli {

Player::Player(Side side,
               std::vector<std::string> arguments,
               const DemoFiles& files,
               std::uint64_t begin_ms)
    : side_(side), arguments_(std::move(arguments)), files_(files), begin_ms_(begin_ms) {
  board_ = need(BoardFile::open(files.board(side)), files.board(side));
}

double Player::second(std::uint64_t ms) const {
  return ms <= begin_ms_ ? 0 : static_cast<double>(ms - begin_ms_) / 1000;
}

std::uint64_t Player::progress() const {
  return side_ == Side::client ? board().acknowledged : board().delivered;
}

void Player::start(std::uint64_t now_ms) {
  child_.start(arguments_, files_.log(side_));
  start_due_.reset();
  progress_at_start_ = progress();
  Life life;
  life.side = side_;
  life.started = second(now_ms);
  lives_.push_back(life);
  if (strike_after_start_) {
    strike_due_ = now_ms + static_cast<std::uint64_t>(strike_after_start_->count());
    strike_after_start_.reset();
  }
}

void Player::kill(const Kill& kill, std::uint64_t now_ms) {
  away_ = kill.away;
  if (kill.again_while_starting) {
    strike_after_start_ = kill.again_after;
  }
  strike(now_ms);
}

void Player::strike(std::uint64_t now_ms) {
  child_.kill();
  ++kills_;
  strike_due_.reset();
  lives_.back().ended = second(now_ms);
  lives_.back().was_killed = true;
  start_due_ = now_ms + static_cast<std::uint64_t>(away_.count());
}

void Player::watch(std::uint64_t now_ms) {
  Life& life = lives_.back();
  life.ended = second(now_ms);
  const std::uint64_t recovered = board().recovered_ms;
  // The board may still hold the moment of an earlier life.
  if (life.recovered == 0 && second(recovered) >= life.started && recovered != 0) {
    life.recovered = second(recovered);
  }
  if (life.progressed == 0 && life.recovered != 0 && progress() > progress_at_start_) {
    life.progressed = second(now_ms);
  }
}

void Player::tick(std::uint64_t now_ms) {
  if (start_due_ && now_ms >= *start_due_) {
    start(now_ms);
    return;
  }
  if (is_away()) {
    return;
  }
  watch(now_ms);
  if (const std::optional<int> status = child_.poll()) {
    if (*status != 0) {
      throw Failure(ExitCode::internal, "the " + std::string(name_of(side_)) +
                                            " ended with status " + std::to_string(*status) +
                                            "; see " + files_.log(side_));
    }
    has_ended_ = true;
    return;
  }
  if (strike_due_ && now_ms >= *strike_due_) {
    strike(now_ms);
  }
}

}  // namespace parley::cli
