#include "cli/settings_tables.h"

#include <algorithm>
#include <charconv>

#include "cli/failure.h"
#include "cli/profile_fields.h"

namespace parley::cli {
namespace {

// The tables of numbers. Their names are told apart by a word before them: some stand in two
// tables.
struct TableHead {
  std::string prefix;
  std::string title;
  std::string about;
};

template <class F>
void for_each_table(Settings& settings, F visit) {
  visit(TableHead{"rm.", "Sequences", "Habits of one side in matters of sequences."},
        sequences::rm_setting_rows(), settings.profile.rm_settings);
  visit(TableHead{"engine.", "Conversations", "Habits of one side in matters of conversations."},
        engine::engine_setting_rows(), settings.engine);
  visit(TableHead{"context.", "Contexts", "Habits of one side in matters of security contexts."},
        contexts::context_setting_rows(), settings.contexts);
  visit(TableHead{"limit.", "Limits",
                  "Bounds on what a peer, a file or an application can make us do."},
        limit_rows(), settings.limits);
}

std::uint64_t number_of(const std::string& name, const std::string& value) {
  std::uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end) {
    throw Failure(ExitCode::usage, "--set " + name + ": it takes a number from 0 on");
  }
  return number;
}

std::string joined(const std::vector<std::string_view>& values) {
  std::string all;
  for (const std::string_view value : values) {
    all += all.empty() ? "" : ", ";
    all += value;
  }
  return all;
}

bool set_number(Settings& settings, const std::string& name, const std::string& value) {
  bool is_known = false;
  for_each_table(settings, [&](const TableHead& head, auto rows, auto& target) {
    for (const auto& row : rows) {
      if (name == head.prefix + std::string(row.name)) {
        target.*row.field = number_of(name, value);
        is_known = true;
      }
    }
  });
  return is_known;
}

bool set_field(Settings& settings, const std::string& name, const std::string& value) {
  for (const ProfileField& field : profile_fields()) {
    if (field.name != name) {
      continue;
    }
    if (!field.set(settings.profile, value)) {
      throw Failure(ExitCode::usage, "--set " + name + ": it takes one of " + joined(field.values));
    }
    return true;
  }
  return false;
}

SettingTable profile_table() {
  SettingTable table{"Profile", "What both peers must agree on.", {}};
  for (const ProfileField& field : profile_fields()) {
    table.lines.push_back({std::string(field.name), field.get(engine::Profile()),
                           joined(field.values), std::string(field.reason)});
  }
  return table;
}

}  // namespace

void set(Settings& settings, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos) {
    throw Failure(ExitCode::usage, "--set: it takes NAME=VALUE; 'parley settings' lists the names");
  }
  const std::string name = assignment.substr(0, equals);
  const std::string value = assignment.substr(equals + 1);
  if (!set_field(settings, name, value) && !set_number(settings, name, value)) {
    throw Failure(ExitCode::usage,
                  "--set " + name + ": there is no such setting; 'parley settings' lists them");
  }
}

std::vector<SettingValue> values_of(const Settings& settings) {
  std::vector<SettingValue> values;
  const engine::Profile usual;
  for (const ProfileField& field : profile_fields()) {
    const std::string value = field.get(settings.profile);
    values.push_back({std::string(field.name), value, value == field.get(usual), true});
  }
  Settings copy = settings;
  for_each_table(copy, [&](const TableHead& head, auto rows, auto& target) {
    for (const auto& row : rows) {
      const std::uint64_t value = target.*row.field;
      if (head.prefix != "limit.") {
        values.push_back({head.prefix + std::string(row.name), std::to_string(value),
                          value == row.value, false});
      }
    }
  });
  return values;
}

std::vector<SettingTable> setting_tables() {
  std::vector<SettingTable> tables{profile_table()};
  Settings defaults;
  for_each_table(defaults, [&](const TableHead& head, auto rows, auto&) {
    SettingTable table{head.title, head.about, {}};
    for (const auto& row : rows) {
      table.lines.push_back({head.prefix + std::string(row.name), std::to_string(row.value),
                             std::string(row.unit), std::string(row.reason)});
    }
    tables.push_back(std::move(table));
  });
  return tables;
}

}  // namespace parley::cli
