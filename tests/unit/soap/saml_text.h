#pragma once

#include <string>

#include "base/bytes.h"
#include "base/time.h"
#include "store/supporting_token.h"

// SAML assertions as a token service writes them.

namespace parley::test {

struct AssertionText {
  store::TokenKind kind = store::TokenKind::saml_2_0;
  std::string id = "_a1";
  std::string issuer = "https://sts.example";
  std::string subject = "alice";
  std::string qualifiers;  ///< attributes of the subject's name
  std::string method = "bearer";
  WallTime issued;
  WallTime ends;               ///< NotOnOrAfter
  std::string conditions;      ///< further children of Conditions
  std::string confirmation;    ///< further attributes of SubjectConfirmationData (2.0)
  std::string statements;      ///< further statements
  std::string holder_pem;      ///< holder-of-key: certificate of this name among the test keys
};

/// Signed by the test key of this name ("server": server.pem, server.key); empty = not signed.
std::string assertion(const AssertionText& what, const std::string& signer);

/// Certificate or key of that file name.
Bytes key_file(std::string_view name);

}  // namespace parley::test
