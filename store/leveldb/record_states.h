#pragma once

#include "base/result.h"
#include "store/fact.h"

// Contexts and sequences as records; a part of record_codec.cc.

namespace parley::store::pb {
class Context;
class Destination;
class Source;
}  // namespace parley::store::pb

namespace parley::store {

void write(const ContextFact& fact, pb::Context& record);
void write(const SourceFact& fact, pb::Source& record);
void write(const DestinationFact& fact, pb::Destination& record);

// Errors: store_corrupt.
Result<ContextFact> read(const pb::Context& record);
Result<SourceFact> read(const pb::Source& record);
Result<DestinationFact> read(const pb::Destination& record);

}  // namespace parley::store
