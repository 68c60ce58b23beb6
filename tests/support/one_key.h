#pragma once

#include "engine/codec.h"

namespace parley::test {

/// A receiver that knows this key alone; null = none. Borrowed.
class OneKey final : public engine::KeyRing {
 public:
  explicit OneKey(const contexts::LiveKey* key) : key_(key) {}

  const contexts::LiveKey* find(const contexts::ContextName& name) const override {
    return key_ != nullptr && name == key_->name() ? key_ : nullptr;
  }

 private:
  const contexts::LiveKey* key_;
};

}  // namespace parley::test
