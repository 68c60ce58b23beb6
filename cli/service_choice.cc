#include "cli/service_choice.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/policy/policy_choice.h"
#include "bindings/soap/policy/profile_words.h"
#include "bindings/soap/security/algorithms.h"
#include "cli/failure.h"
#include "cli/node_flags.h"
#include "cli/profile_fields.h"
#include "host/spoken.h"

namespace parley::cli {
namespace {

/// Moves `value` to the front of the list, or adds it there.
template <class T>
void prefer(std::vector<T>& list, const T& value) {
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
  list.insert(list.begin(), value);
}

template <class T>
void admit(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) {
    list.push_back(value);
  }
}

void admit(policy::PolicyPreference& preference, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string axis = assignment.substr(0, equals);
  const bool is_axis = axis == "rm" || axis == "sc" || axis == "suite";
  if (equals == std::string::npos || !is_axis) {
    throw Failure(ExitCode::usage,
                  "--admit " + assignment + ": it takes rm=, sc= or suite= and a value");
  }
  // The fields of a profile know how their values are spelt.
  engine::Profile profile;
  for (const ProfileField& field : profile_fields()) {
    if (field.name != axis) {
      continue;
    }
    if (!field.set(profile, assignment.substr(equals + 1))) {
      throw Failure(ExitCode::usage, "--admit " + assignment + ": there is no such value");
    }
  }
  if (axis == "rm") {
    admit(preference.rm, profile.rm);
  } else if (axis == "sc") {
    admit(preference.sc, profile.sc);
  } else {
    admit(preference.suites, profile.suite);
  }
}

}  // namespace

policy::PolicyPreference preference_of(const engine::Profile& habits,
                                       const std::vector<std::string>& admitted,
                                       const soap::CodecSettings& codec) {
  policy::PolicyPreference preference;
  preference.habits = habits;
  prefer(preference.rm, habits.rm);
  prefer(preference.sc, habits.sc);
  prefer(preference.suites, habits.suite);
  for (const std::string& assignment : admitted) {
    admit(preference, assignment);
  }
  preference.unspoken = [codec](const engine::Profile& profile) {
    return host::unspoken(profile, codec);
  };
  return preference;
}

ServiceChoice choose_service(const std::vector<policy::EndpointDescription>& endpoints,
                             const std::string& port,
                             const policy::PolicyPreference& preference) {
  std::string names;
  bool was_tried = false;
  for (const policy::EndpointDescription& endpoint : endpoints) {
    names += (names.empty() ? "" : ", ") + endpoint.port;
    if (!port.empty() && endpoint.port != port) {
      continue;
    }
    was_tried = true;
    const policy::PolicyChoice choice = need(policy::choose(endpoint, preference), "its policy");
    for (const std::string& line : choice.words) {
      log_line(endpoint.port + ": " + line);
    }
    if (choice.profile) {
      return {endpoint.address, *choice.profile, &endpoint};
    }
  }
  if (!was_tried && !port.empty()) {
    throw Failure(ExitCode::usage, "--port " + port + ": the description has only " +
                                       (names.empty() ? "no endpoint for SOAP" : names));
  }
  throw Failure(ExitCode::peer, endpoints.empty()
                                    ? "the description has no endpoint for SOAP over HTTP"
                                    : "no endpoint of the description can be spoken to; see the "
                                      "lines above");
}

void check_action(const policy::EndpointDescription& endpoint,
                  const std::string& action,
                  bool expects_reply) {
  std::string known;
  for (const policy::OperationDescription& operation : endpoint.operations) {
    if (operation.input.action != action) {
      known += (known.empty() ? "" : ", ") + operation.input.action;
      continue;
    }
    if (operation.output.has_value() != expects_reply) {
      throw Failure(ExitCode::usage, "operation " + operation.name +
                                         (expects_reply ? " has no answer; leave --request out"
                                                        : " has an answer; give --request"));
    }
    return;
  }
  if (!known.empty()) {
    log_line("the service describes no operation with the action " + action + ", only " + known);
  }
}

}  // namespace parley::cli
