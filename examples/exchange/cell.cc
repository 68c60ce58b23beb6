#include "cell.h"

namespace exchange {
namespace {

/// Of one field, another value.
Cell with(Cell cell, const char* id, std::string Cell::*member, const char* value) {
  cell.id = id;
  cell.*member = value;
  return cell;
}

Cell without_sequences(Cell cell, const char* id) {
  cell.id = id;
  cell.rm = cell.assurance = "none";
  cell.ordered = "false";
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
  const Cell secured = without_sequences(both, "sc13-x509-s12");
  const Cell old_plain = with(plain, "rm10-wsa10-s12", &Cell::rm, "1.0");
  const Cell old_both =
      with(with(both, "", &Cell::rm, "1.0"), "sc05-rm10-x509-s12", &Cell::sc, "2005/02");
  const Cell old_secured = without_sequences(old_both, "sc05-x509-s12");
  const Cell old_addressed = with(old_plain, "rm10-wsa04-s12", &Cell::wsa, "2004/08");
  return {
      plain,
      with(plain, "rm11-s11", &Cell::soap, "1.1"),
      old_plain,
      with(old_plain, "rm10-wsa10-s11", &Cell::soap, "1.1"),
      old_addressed,
      with(old_addressed, "rm10-wsa04-s11", &Cell::soap, "1.1"),
      secured,
      with(secured, "sc13-x509-s11", &Cell::soap, "1.1"),
      both,
      with(both, "sc13-rm11-x509-s11", &Cell::soap, "1.1"),
      old_secured,
      with(old_secured, "sc05-x509-s11", &Cell::soap, "1.1"),
      old_both,
      with(old_both, "sc05-rm10-x509-s11", &Cell::soap, "1.1"),
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
      with(secured, "sc13-basic256rsa15-s12", &Cell::suite, "Basic256Rsa15"),
      with(secured, "sc13-encryptfirst-s12", &Cell::order, "encrypt-before-sign"),
      with(secured, "sc13-encryptsignature-s12", &Cell::encrypt_signature, "true"),
      with(secured, "sc13-underived-s12", &Cell::derived, "false"),
  };
}

}  // namespace exchange
