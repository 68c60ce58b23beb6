#pragma once

#include <memory>

#include "base/result.h"
#include "crypto/sealing.h"
#include "engine/codec.h"
#include "host/node.h"
#include "host/store_opener.h"

namespace parley::host {

/// What a node rests on, besides its settings. A test puts others in.
struct NodeParts {
  std::unique_ptr<engine::Codec> codec;
  StoreOpener opener;
  crypto::SealingKey sealing;  ///< of the secrets inside facts
};

/// As the settings say. Errors: those of Node::start.
Result<NodeParts> make_parts(const NodeSettings& settings);

/// `Node::start` on these parts.
Result<std::unique_ptr<Node>> start_node(NodeSettings settings, NodeParts parts);

}  // namespace parley::host
