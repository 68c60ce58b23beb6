#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <parley.h>

namespace exchange {

/// What is exactly spoken, in the words in which peers name it to each other.
struct Cell {
  std::string id;
  std::string soap;
  std::string wsa;
  std::string rm;
  std::string assurance;
  std::string ordered;  ///< "true" or "false"
  std::string sc;
  std::string bootstrap;
  std::string binding;
  std::string protect;
  std::string order;
  std::string encrypt_signature;
  std::string suite;
  std::string derived;
  std::string reply;

  /// Whose cell it is; empty = our own. Another program's is spoken with more patience, and as that
  /// program wants it.
  std::string peer;

  bool is_foreign() const { return !peer.empty(); }
  bool is_reliable() const { return rm != "none"; }
  bool is_over_tls() const { return binding == "transport"; }
  /// By a token service, which is another party.
  bool is_issued() const { return bootstrap == "issued"; }
};

/// What was asked for makes no sense, or cannot be done. The text is one line for the user.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The cells that this program speaks of its own.
std::vector<Cell> own_cells();

/// Throws Refusal, which says what it is in the cell that Parley does not speak.
parley::Profile profile_of(const Cell& cell);

/// How the token service of an issued cell is asked: by certificate.
parley::Profile profile_of_issuer(const Cell& cell);

/// Where the token service of the service at `url` is, unless somebody says otherwise: two ports further
/// on, below /tokens.
std::string issuer_of(const std::string& url);

}  // namespace exchange
