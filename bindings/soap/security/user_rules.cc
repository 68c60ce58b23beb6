#include "bindings/soap/security/user_rules.h"

#include "bindings/soap/security/name_digest.h"
#include "bindings/soap/tokens/date_time.h"

namespace parley::soap {

engine::TokenProof token_of(const ShownUser& user) {
  return {"user:" + user.token.username, user.token.username};
}

Result<std::optional<engine::ReplayMark>> believe(const ShownUser& user, const UserRules* rules) {
  const UsernameToken& token = user.token;
  if (rules == nullptr || token.form != rules->form) {
    return Error(ErrorCode::authentication_failed, "form of the password");
  }
  PARLEY_TRY(authenticate(token, rules->directory, rules->times, rules->now));
  if (token.nonce.empty()) {
    return std::optional<engine::ReplayMark>();
  }
  const auto created = parse_date_time(token.created);
  return std::optional(engine::ReplayMark{
      name_digest({as_bytes(token.username), as_bytes(token.created), token.nonce}),
      (created ? *created : rules->now) + rules->times.age_max});
}

}  // namespace parley::soap
