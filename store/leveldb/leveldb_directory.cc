#include "store/leveldb/leveldb_directory.h"

#include <optional>
#include <utility>

#include "store/leveldb/disk_key.h"
#include "store/leveldb/leveldb_store.h"
#include "store/leveldb/record_codec.h"

namespace parley::store {
namespace {

constexpr std::size_t kStoreIdSize = 16;
constexpr std::string_view kKnownText = "parley store";

crypto::SealingKey header_sealing(const crypto::SealingKey& master) {
  return master.derive("header", 0);
}

// The known text is sealed together with all else that the header says.
Bytes bound_header(const Header& header) {
  Bytes bound = header.store_id;
  for (const std::uint32_t number : {header.format, header.shards}) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bound.push_back(static_cast<Byte>(number >> shift & 0xff));
    }
  }
  return bound;
}

Result<Header> make_header(Database& database, const crypto::SealingKey& master,
                           crypto::Entropy& entropy, std::uint32_t shards) {
  if (shards == 0 || shards > kShardsMax) {
    return Error(ErrorCode::invalid_argument, "number of shards");
  }
  // A store without a header holds nothing; if it holds something, the header has been lost.
  PARLEY_TRY(database.scan({}, {}, [](std::string_view, std::string_view) {
    return Result<void>(Error(ErrorCode::store_corrupt, "store header"));
  }));
  Header header;
  header.format = kDirectoryFormat;
  header.shards = shards;
  header.store_id.resize(kStoreIdSize);
  entropy.fill_public(header.store_id);
  header.key_check =
      header_sealing(master).seal(as_bytes(kKnownText), bound_header(header), entropy);
  WriteBatch batch;
  batch.put(header_key(), encode_header(header));
  PARLEY_TRY(database.write(batch, true));
  return header;
}

Result<void> check_header(const Header& header, const crypto::SealingKey& master) {
  if (header.format > kDirectoryFormat) {
    return Error(ErrorCode::store_version, "store header");
  }
  if (header.format == 0 || header.shards == 0 || header.shards > kShardsMax ||
      header.store_id.size() != kStoreIdSize) {
    return Error(ErrorCode::store_corrupt, "store header");
  }
  // The octets of the header are under LevelDB's checksum; what does not open has another key.
  const auto known = header_sealing(master).open(header.key_check, bound_header(header));
  if (!known || as_text(known->view()) != kKnownText) {
    return Error(ErrorCode::store_wrong_key, "store header");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LevelDbDirectory>> LevelDbDirectory::open(const std::string& path,
                                                                 const crypto::SealingKey& master,
                                                                 crypto::Entropy& entropy,
                                                                 const Options& options) {
  PARLEY_ASSIGN_OR_RETURN(std::unique_ptr<Database> database,
                          Database::open(path, options.database));
  PARLEY_ASSIGN_OR_RETURN(const std::optional<std::string> stored, database->get(header_key()));
  Header header;
  if (stored) {
    PARLEY_ASSIGN_OR_RETURN(header, decode_header(*stored));
  } else {
    PARLEY_ASSIGN_OR_RETURN(header, make_header(*database, master, entropy, options.shards));
  }
  PARLEY_TRY(check_header(header, master));
  return std::unique_ptr<LevelDbDirectory>(
      new LevelDbDirectory(std::move(database),
                           RecordSeal(master.derive("records", 0), std::move(header.store_id)),
                           header.shards));
}

LevelDbDirectory::LevelDbDirectory(std::unique_ptr<Database> database, RecordSeal seal,
                                   std::uint32_t shards)
    : database_(std::move(database)), seal_(std::move(seal)), epochs_(shards) {}

Result<std::unique_ptr<Store>> LevelDbDirectory::shard(std::uint32_t number,
                                                       crypto::Entropy& entropy) {
  if (number >= shards()) {
    return Error(ErrorCode::invalid_argument, "number of a shard");
  }
  return std::unique_ptr<Store>(std::make_unique<LevelDbStore>(*this, number, entropy));
}

}  // namespace parley::store
