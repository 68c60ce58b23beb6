#include "crypto/trust_store.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "crypto/openssl.h"

namespace parley::crypto {
namespace {

using StorePtr = std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, OpensslDeleter<X509_STORE_CTX_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, OpensslDeleter<X509_CRL_free>>;

// An authority that publishes no revocation list is not held against its certificates; one that does
// is obeyed. OpenSSL asks for a list everywhere or nowhere, so a missing one is passed here.
int allow_missing_crl(int ok, X509_STORE_CTX* context) {
  if (ok == 0 && X509_STORE_CTX_get_error(context) == X509_V_ERR_UNABLE_TO_GET_CRL) {
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
  }
  return ok;
}

TrustStore::Verdict verdict_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return TrustStore::Verdict::not_yet_valid;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return TrustStore::Verdict::expired;
    case X509_V_ERR_CERT_REVOKED:
      return TrustStore::Verdict::revoked;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return TrustStore::Verdict::too_long;
    default:
      return TrustStore::Verdict::untrusted;
  }
}

}  // namespace

struct TrustStore::State {
  StorePtr store{X509_STORE_new()};
  std::vector<Certificate> anchors;
  bool has_crls = false;
};

TrustStore::TrustStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

TrustStore::TrustStore(TrustStore&&) noexcept = default;
TrustStore& TrustStore::operator=(TrustStore&&) noexcept = default;
TrustStore::~TrustStore() = default;

const std::vector<Certificate>& TrustStore::anchors() const { return state_->anchors; }

Result<TrustStore> TrustStore::from_pem(ByteView anchors_pem, ByteView crls_pem) {
  auto state = std::make_unique<State>();
  PARLEY_ASSIGN_OR_RETURN(state->anchors, Certificate::all_from_pem(anchors_pem));
  for (const Certificate& anchor : state->anchors) {
    if (X509_STORE_add_cert(state->store.get(), anchor.native().get()) != 1) {
      return Error(ErrorCode::key_unusable, "trust anchor");
    }
  }
  const BioPtr bio = read_from(crls_pem);
  while (true) {
    const CrlPtr crl(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (!crl) {
      break;
    }
    state->has_crls = true;
    if (X509_STORE_add_crl(state->store.get(), crl.get()) != 1) {
      return Error(ErrorCode::key_unusable, "revocation list");
    }
  }
  ERR_clear_error();
  if (!state->has_crls && !crls_pem.empty()) {
    return Error(ErrorCode::key_unusable, "revocation list");
  }
  return TrustStore(std::move(state));
}

TrustStore::Verdict TrustStore::judge(const Certificate& certificate, std::span<const Certificate> others,
                                      WallTime now) const {
  const StoreCtxPtr context(X509_STORE_CTX_new());
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> chain(
      sk_X509_new_null(), [](STACK_OF(X509) * s) { sk_X509_free(s); });
  for (const Certificate& other : others) {
    sk_X509_push(chain.get(), other.native().get());
  }
  if (!context || !chain ||
      X509_STORE_CTX_init(context.get(), state_->store.get(), certificate.native().get(), chain.get()) != 1) {
    ERR_clear_error();
    return Verdict::untrusted;
  }
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(now.ms / 1000));
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(Limits{}.certificate_chain_max));
  // An anchor may be an intermediate, or the very certificate of a peer that one trusts by name.
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  if (state_->has_crls) {
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  }
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  X509_STORE_CTX_set_verify_cb(context.get(), allow_missing_crl);
  const bool ok = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return ok ? Verdict::trusted : verdict_of(error);
}

}  // namespace parley::crypto
