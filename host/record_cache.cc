#include "host/record_cache.h"

namespace parley::host {
namespace {

std::string text_of(const Bytes& name) {
  return std::string(as_text(name));
}

std::size_t size_of(const std::string& name, const std::optional<Bytes>& value) {
  return name.size() + (value ? value->size() : 0);
}

}  // namespace

Result<std::optional<Bytes>> RecordCache::read(std::string_view name) {
  std::uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(name); found != entries_.end()) {
      return found->second.value;
    }
    changes = changes_;
  }
  PARLEY_ASSIGN_OR_RETURN(std::optional<Bytes> value, read_(name));
  const std::lock_guard lock(mutex_);
  if (changes == changes_) {
    const auto [at, is_new] = entries_.try_emplace(std::string(name));
    if (is_new) {
      at->second.value = value;
      keep(at->first, at->second);
    }
  }
  return value;
}

std::uint64_t RecordCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void RecordCache::written(const std::vector<store::Record>& records, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) {
    return;
  }
  ++changes_;
  for (const store::Record& record : records) {
    const auto [at, is_new] = entries_.try_emplace(text_of(record.name));
    Entry& entry = at->second;
    if (!is_new && entry.pending == 0) {
      kept_bytes_ -= size_of(at->first, entry.value);
      kept_.erase(entry.age);
    }
    entry.value = record.value;
    ++entry.pending;
  }
}

void RecordCache::durable(const std::vector<store::Record>& records) {
  const std::lock_guard lock(mutex_);
  for (const store::Record& record : records) {
    const auto found = entries_.find(text_of(record.name));
    if (found != entries_.end() && found->second.pending != 0 && --found->second.pending == 0) {
      keep(found->first, found->second);
    }
  }
}

void RecordCache::changed_elsewhere(const std::vector<store::Record>& records) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  for (const store::Record& record : records) {
    const auto found = entries_.find(text_of(record.name));
    if (found != entries_.end() && found->second.pending == 0) {
      kept_bytes_ -= size_of(found->first, found->second.value);
      kept_.erase(found->second.age);
      entries_.erase(found);
    }
  }
}

void RecordCache::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  ++changes_;
  entries_.clear();
  kept_.clear();
  kept_bytes_ = 0;
}

void RecordCache::keep(const std::string& name, Entry& entry) {
  kept_bytes_ += size_of(name, entry.value);
  entry.age = kept_.insert(kept_.end(), name);
  while (kept_bytes_ > kKeptBytesMax) {
    drop_oldest();
  }
}

void RecordCache::drop_oldest() {
  const auto found = entries_.find(kept_.front());
  kept_bytes_ -= size_of(found->first, found->second.value);
  kept_.pop_front();
  entries_.erase(found);
}

}  // namespace parley::host
