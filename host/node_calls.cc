#include <algorithm>
#include <utility>
#include <variant>

#include "host/node_state.h"
#include "store/key_space.h"

// What the application wants.

namespace parley::host {
namespace {

/// A record that was read. Its absence is no error.
Result<std::optional<Bytes>> value_of(Result<store::Fact> fact) {
  if (!fact) {
    return fact.error().code() == ErrorCode::not_found
               ? Result<std::optional<Bytes>>(std::optional<Bytes>())
               : fact.error();
  }
  auto* record = std::get_if<store::Record>(&*fact);
  if (record == nullptr) {
    return Error(ErrorCode::store_corrupt, "a record of the application");
  }
  return std::move(record->value);
}

/// The newest conversation that could be meant; zero = none.
engine::ConversationId find_open(const engine::Engine& engine,
                                 const std::string& address,
                                 const std::string& profile) {
  engine::ConversationId found;
  for (const engine::ConversationId id : engine.conversations()) {
    const auto status = engine.status(id);
    if (status && status->what.role == store::ConversationRole::initiator &&
        status->what.phase == store::ConversationPhase::open && status->what.address == address &&
        status->what.profile == profile) {
      found = std::max(found, id);
    }
  }
  return found;
}

}  // namespace

void Node::State::call(Run run, Refuse refuse) {
  {
    const std::lock_guard lock(mutex_);
    if (takes_calls_ && calls_ < settings_.calls_max) {
      ++calls_;
      const auto ended = [this] {
        const std::lock_guard ended_lock(mutex_);
        --calls_;
      };
      loop_.post([this, ended, run = std::move(run), refuse = std::move(refuse)] {
        shard_.input({[ended, run](engine::Engine& engine, Now now) {
                        ended();
                        run(engine, now);
                      },
                      [ended, refuse](const Error& error) {
                        ended();
                        refuse(error);
                      }});
      });
      return;
    }
  }
  refuse(takes_calls_ ? Error(ErrorCode::busy, "too many calls wait")
                      : Error(ErrorCode::invalid_state, "the node has stopped"));
}

void Node::State::open(std::string address,
                       const std::string& profile,
                       bool may_exist,
                       std::function<void(Result<engine::ConversationId>)> done) {
  const std::string name = profile.empty() ? settings_.profiles.front().name : profile;
  call(
      [this, address = std::move(address), name, may_exist, done](engine::Engine& engine, Now now) {
        engine::ConversationId id;
        if (may_exist) {
          id = find_open(engine, address, name);
        }
        if (id.value == 0) {
          auto opened = engine.open(address, name, now);
          if (!opened) {
            done(opened.error());
            return;
          }
          id = *opened;
        }
        shard_.when_durable([id, done](const Result<void>& durable) {
          durable ? done(id) : done(durable.error());
        });
      },
      [done](const Error& error) { done(error); });
}

void Node::State::adopt(engine::GivenContext context, Adopt adopt, Waiters::Done done) {
  auto shared = std::make_shared<engine::GivenContext>(std::move(context));
  call(
      [this, shared, adopt = std::move(adopt), done](engine::Engine& engine, Now now) {
        if (const auto adopted = adopt(engine, std::move(*shared), now); !adopted) {
          done(adopted.error());
          return;
        }
        shard_.when_durable(done);
      },
      [done](const Error& error) { done(error); });
}

void Node::State::send(engine::ConversationId conversation,
                       engine::Outgoing outgoing,
                       std::function<void(Result<engine::Ticket>)> done) {
  auto shared = std::make_shared<engine::Outgoing>(std::move(outgoing));
  call(
      [this, conversation, shared, done](engine::Engine& engine, Now now) {
        if (shared->ticket.value == 0) {
          const auto status = engine.status(conversation);
          if (!status) {
            done(Error(ErrorCode::not_found, "conversation"));
            return;
          }
          shared->ticket.value = status->last_ticket.value + 1;
        }
        const engine::Ticket ticket = shared->ticket;
        if (const auto sent = engine.send(conversation, std::move(*shared), now); !sent) {
          done(sent.error());
          return;
        }
        waiters_.await_accepted(conversation, ticket, [ticket, done](const Result<void>& durable) {
          durable ? done(ticket) : done(durable.error());
        });
      },
      [done](const Error& error) { done(error); });
}

void Node::State::consumed(const engine::DeliveryName& delivery,
                           std::vector<store::Record> records,
                           Waiters::Done done) {
  call(
      [this, delivery, records = std::move(records), done](engine::Engine& engine, Now now) {
        if (const auto ended = engine.consumed(delivery, records, now); !ended) {
          done(ended.error());
          return;
        }
        waiters_.await_consumed(delivery, [this, records, done](const Result<void>& durable) {
          application_.records().changed_elsewhere(records);
          done(durable);
        });
      },
      [done](const Error& error) { done(error); });
}

void Node::State::request(engine::ConversationId conversation,
                          engine::Outgoing outgoing,
                          std::shared_ptr<Wait> wait,
                          Delivered done) {
  outgoing.expects_reply = true;
  auto shared = std::make_shared<engine::Outgoing>(std::move(outgoing));
  const auto consume = [this, done](Result<engine::Delivery> answer) {
    if (!answer) {
      done(answer.error());
      return;
    }
    const engine::Delivery& delivery = *answer;
    shard_.input({[this, delivery, done](engine::Engine& engine, Now now) {
                    if (const auto ended = engine.consumed(delivery.name, {}, now); !ended) {
                      done(ended.error());
                      return;
                    }
                    waiters_.await_consumed(delivery.name,
                                            [delivery, done](const Result<void>& durable) {
                                              durable ? done(delivery) : done(durable.error());
                                            });
                  },
                  [done](const Error& error) { done(error); }});
  };
  call(
      [this, conversation, shared, wait, done, consume](engine::Engine& engine, Now now) {
        const auto status = engine.status(conversation);
        if (!status) {
          done(Error(ErrorCode::not_found, "conversation"));
          return;
        }
        const engine::Ticket ticket{status->last_ticket.value + 1};
        shared->ticket = ticket;
        if (const auto sent = engine.send(conversation, std::move(*shared), now); !sent) {
          done(sent.error());
          return;
        }
        await_answer(conversation, ticket, wait, consume);
      },
      [done](const Error& error) { done(error); });
}

void Node::State::answer_of(engine::ConversationId conversation,
                            engine::Ticket ticket,
                            std::shared_ptr<Wait> wait,
                            Delivered done) {
  call(
      [this, conversation, ticket, wait, done](engine::Engine& engine, Now) {
        if (const auto found = answers_.find({conversation, ticket}); found != answers_.end()) {
          done(found->second);
          return;
        }
        if (engine.ticket_status(conversation, ticket) == engine::TicketStatus::unknown) {
          done(Error(ErrorCode::not_found, "ticket"));
          return;
        }
        await_answer(conversation, ticket, wait, done);
        waiters_.check(engine);
      },
      [done](const Error& error) { done(error); });
}

void Node::State::await_answer(engine::ConversationId conversation,
                               engine::Ticket ticket,
                               const std::shared_ptr<Wait>& wait,
                               Delivered done) {
  if (wait->is_over) {
    done(Error(ErrorCode::timed_out, "waiting"));
    return;
  }
  wait->id = waiters_.await_answer(conversation, ticket, std::move(done));
}

void Node::State::await_state(const std::shared_ptr<Wait>& wait,
                              const engine::Engine& engine,
                              Waiters::Check check,
                              Waiters::Done done) {
  if (wait->is_over) {
    done(Error(ErrorCode::timed_out, "waiting"));
    return;
  }
  wait->id = waiters_.await_state(std::move(check), std::move(done));
  waiters_.check(engine);
}

void Node::State::settled(engine::ConversationId conversation,
                          std::shared_ptr<Wait> wait,
                          Waiters::Done done) {
  call(
      [this, conversation, wait, done](engine::Engine& engine, Now) {
        if (!engine.status(conversation)) {
          done(Error(ErrorCode::not_found, "conversation"));
          return;
        }
        const std::uint64_t losses = losses_[conversation];
        const auto check = [this, conversation,
                            losses](const engine::Engine& now) -> std::optional<Result<void>> {
          const auto status = now.status(conversation);
          if (!status || losses_[conversation] != losses) {
            return Error(ErrorCode::invalid_state, "something was lost: see the reports");
          }
          if (status->backlog == 0 && status->under_way == 0) {
            return Result<void>();
          }
          return std::nullopt;
        };
        await_state(wait, engine, check, done);
      },
      [done](const Error& error) { done(error); });
}

void Node::State::renew(engine::ConversationId conversation, Waiters::Done done) {
  call(
      [this, conversation, done](engine::Engine& engine, Now now) {
        if (const auto renewed = engine.renew(conversation, now); !renewed) {
          done(renewed.error());
          return;
        }
        shard_.when_durable(done);
      },
      [done](const Error& error) { done(error); });
}

void Node::State::close(engine::ConversationId conversation,
                        std::shared_ptr<Wait> wait,
                        Waiters::Done done) {
  call(
      [this, conversation, wait, done](engine::Engine& engine, Now now) {
        if (const auto closed = engine.close(conversation, now); !closed) {
          done(closed.error());
          return;
        }
        const auto check =
            [conversation](const engine::Engine& later) -> std::optional<Result<void>> {
          const auto status = later.status(conversation);
          if (!status || status->what.phase == store::ConversationPhase::ended) {
            return Result<void>();
          }
          return std::nullopt;
        };
        await_state(wait, engine, check, done);
      },
      [done](const Error& error) { done(error); });
}

void Node::State::give_up(std::shared_ptr<Wait> wait) {
  loop_.post([this, wait] {
    wait->is_over = true;
    if (wait->id != 0) {
      waiters_.give_up(wait->id);
    }
  });
}

void Node::State::read_record(std::string_view name,
                              std::function<void(Result<std::optional<Bytes>>)> done) {
  commits_.read(
      store::record_key(as_bytes(name)),
      [done = std::move(done)](Result<store::Fact> fact) { done(value_of(std::move(fact))); });
}

Result<std::optional<Bytes>> Node::State::read_for_handler(std::string_view name) {
  auto promise = std::make_shared<std::promise<Result<std::optional<Bytes>>>>();
  auto future = promise->get_future();
  read_record(name, [promise](Result<std::optional<Bytes>> value) {
    promise->set_value(std::move(value));
  });
  return future.get();
}

}  // namespace parley::host
