#include "cell.h"

namespace exchange {
namespace {

/// Of one field, another value.
Cell with(Cell cell, const char* id, std::string Cell::*member, const char* value) {
  cell.id = id;
  cell.*member = value;
  return cell;
}

}  // namespace

std::vector<Cell> own_cells() {
  const Cell plain{"rm11-s12", "1.2",  "1.0",  "1.1",   "ExactlyOnce", "true",  "none",     "none",
                   "none",     "none", "none", "false", "none",        "false", "anonymous"};
  const Cell both{"sc13-rm11-x509-s12",
                  "1.2",
                  "1.0",
                  "1.1",
                  "ExactlyOnce",
                  "true",
                  "1.3",
                  "x509",
                  "symmetric",
                  "sign+encrypt",
                  "sign-before-encrypt",
                  "false",
                  "Basic256",
                  "true",
                  "anonymous"};
  Cell secured = both;
  secured.id = "sc13-x509-s12";
  secured.rm = secured.assurance = "none";
  secured.ordered = "false";
  return {
      plain,
      secured,
      both,
      with(both, "sc13-rm11-sign-s12", &Cell::protect, "sign"),
      with(both, "sc13-rm11-basic128-s12", &Cell::suite, "Basic128"),
      with(both, "sc13-rm11-basic256sha256-s12", &Cell::suite, "Basic256Sha256"),
      with(both, "sc13-rm11-basic256gcm-s12", &Cell::suite, "Basic256GCM"),
      with(both, "sc13-rm11-encryptfirst-s12", &Cell::order, "encrypt-before-sign"),
      with(both, "sc13-rm11-encryptsignature-s12", &Cell::encrypt_signature, "true"),
      with(both, "sc13-rm11-underived-s12", &Cell::derived, "false"),
      with(both, "sc13-rm11-unordered-s12", &Cell::ordered, "false"),
      with(secured, "sc13-sign-s12", &Cell::protect, "sign"),
      with(secured, "sc13-basic128-s12", &Cell::suite, "Basic128"),
      with(secured, "sc13-basic256sha256-s12", &Cell::suite, "Basic256Sha256"),
      with(secured, "sc13-encryptfirst-s12", &Cell::order, "encrypt-before-sign"),
      with(secured, "sc13-encryptsignature-s12", &Cell::encrypt_signature, "true"),
      with(secured, "sc13-underived-s12", &Cell::derived, "false"),
  };
}

}  // namespace exchange
