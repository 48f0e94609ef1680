// What transactions read and wrote, as numbers: transactions, keys and versions are counted from 0.
//
// A version of a key is what one write left; every key also has a first version, which nobody wrote.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "dependencies.hpp"
#include "polygraph.hpp"

namespace consistency {

struct Facts {
  static constexpr uint8_t kWw = 1, kWr = 2, kRw = 4, kSession = 8, kRealtime = 16;
  static constexpr int32_t kNobody = -1;

  struct Final {
    int32_t writer, version;  // the last version that a transaction wrote of a key
  };
  struct Read {
    int32_t reader, version;  // external: of a version that the transaction did not write itself
  };

  std::vector<uint8_t> committed;       // by transaction: whether it surely did
  std::vector<int32_t> key, writer;     // by version: its key; who wrote it, or kNobody
  std::vector<int32_t> previous;        // by version: what its writer wrote to the key before, or -1
  std::vector<uint8_t> is_final;        // by version: whether its writer did not overwrite it itself
  std::vector<int32_t> place;           // by version: its place among the versions of its key that were read, or -1
  std::vector<int32_t> first;           // by key: its first version
  std::vector<std::vector<int32_t>> order;  // by key: its versions but the first in order, as far as lists tell
  std::vector<Final> finals;            // by writer
  std::vector<Read> reads;              // by reader, in the order of its steps
  std::vector<int32_t> session;         // by transaction: the number of its client

  size_t transactions() const { return committed.size(); }

  int32_t add_key() {
    first.push_back(add_version(int32_t(first.size()), kNobody));
    order.emplace_back();
    return int32_t(first.size()) - 1;
  }

  int32_t add_version(int32_t of, int32_t by) {
    key.push_back(of);
    writer.push_back(by);
    previous.push_back(-1);
    is_final.push_back(0);
    place.push_back(-1);
    return int32_t(key.size()) - 1;
  }

  void extend(int32_t of, int32_t version) {
    if (place[size_t(version)] >= 0) return;
    place[size_t(version)] = int32_t(order[size_t(of)].size());
    order[size_t(of)].push_back(version);
  }

  // Whether each transaction took effect, as far as is known: those that committed, and those that were read from.
  std::vector<uint8_t> included() const {
    std::vector<uint8_t> found = committed;
    const auto see = [&](int32_t version) {
      if (writer[size_t(version)] != kNobody) found[size_t(writer[size_t(version)])] = 1;
    };
    for (const auto& versions : order) std::for_each(versions.begin(), versions.end(), see);
    for (const Read& read : reads) see(read.version);
    return found;
  }

  void add_reads(Dependencies& graph) const {
    for (const Read& read : reads) add(graph, writer[size_t(read.version)], read.reader, kWr);
  }

  // By key: who took effect with a version that nobody read, each once.
  std::vector<std::vector<int32_t>> unread() const {
    const std::vector<uint8_t> is_in = included();
    std::vector<std::vector<int32_t>> found(first.size());
    for (const Final& last : finals) {
      const size_t version = size_t(last.version);
      if (is_in[size_t(last.writer)] && place[version] < 0) found[size_t(key[version])].push_back(last.writer);
    }
    return found;
  }

  // The edges that the order of each key's versions makes; versions that nobody read come last.
  void add_orders(Dependencies& graph) const {
    const auto last = unread();
    for (size_t of = 0; of < order.size(); ++of) {
      int32_t before = kNobody;
      for (const int32_t version : order[of]) {
        if (writer[size_t(version)] == kNobody) continue;  // an aborted writer's
        add(graph, before, writer[size_t(version)], kWw);
        before = writer[size_t(version)];
      }
      for (const int32_t after : last[of]) add(graph, before, after, kWw);
    }
    for (const Read& read : reads) {
      const size_t of = size_t(key[size_t(read.version)]);
      const bool is_first = read.version == first[of];
      if (!is_first && place[size_t(read.version)] < 0) continue;
      const size_t next = is_first ? 0 : size_t(place[size_t(read.version)]) + 1;
      if (next < order[of].size()) {
        add(graph, read.reader, writer[size_t(order[of][next])], kRw);
      } else {
        for (const int32_t after : last[of]) add(graph, read.reader, after, kRw);
      }
    }
  }

  // The edges of some kinds that are certain already.
  static void add_certain(Polygraph& polygraph, const Dependencies& graph, uint8_t kinds) {
    for (int32_t edge = 0; edge < graph.edges(); ++edge)
      if (graph.edge_kind(edge) & kinds)
        polygraph.add_certain(graph.edge_from(edge), graph.edge_to(edge), graph.edge_kind(edge));
  }

  // The writers of every register, with who read their versions.
  void add_registers(Polygraph& polygraph) const {
    const std::vector<uint8_t> is_in = included();
    std::vector<std::vector<int32_t>> readers(key.size()), writers(first.size());
    for (size_t at = 0; at < reads.size(); ++at)
      if (polygraph.shape() != Polygraph::kCursor || is_last(at))
        readers[size_t(reads[at].version)].push_back(reads[at].reader);
    for (const Final& last : finals)
      if (is_in[size_t(last.writer)]) writers[size_t(key[size_t(last.version)])].push_back(last.version);
    for (size_t of = 0; of < first.size(); ++of) {
      polygraph.begin_key();
      for (const int32_t reader : readers[size_t(first[of])]) polygraph.add_first_reader(reader);
      for (const int32_t version : writers[of]) {
        polygraph.add_writer(writer[size_t(version)]);
        for (const int32_t reader : readers[size_t(version)]) polygraph.add_reader(reader);
      }
    }
  }

  // The writers of every list whose order no read tells.
  void add_unread(Polygraph& polygraph) const {
    const auto of_keys = unread();
    for (const auto& writers : of_keys) {
      polygraph.begin_key();
      for (const int32_t by : writers) polygraph.add_writer(by);
    }
    if (polygraph.shape() != Polygraph::kCursor) return;
    for (const Update& update : updates())
      if (update.after < 0)
        for (const int32_t other : of_keys[size_t(update.key)]) polygraph.add_certain(update.by, other, Polygraph::kWw);
  }

  // A transaction that appended to a list what it had read last.
  struct Update {
    int32_t by, key;
    int32_t before, after;  // places of what it read and of what it wrote first; before all: -1, unread: -1
  };
  std::vector<Update> updates() const {
    std::vector<Update> found;
    std::vector<std::vector<Final>> of_writer(transactions());
    for (const Final& last : finals) of_writer[size_t(last.writer)].push_back(last);
    for (size_t at = 0; at < reads.size(); ++at) {
      const size_t version = size_t(reads[at].version), of = size_t(key[version]);
      if (!is_last(at) || (reads[at].version != first[of] && place[version] < 0)) continue;
      for (const Final& last : of_writer[size_t(reads[at].reader)]) {
        if (size_t(key[size_t(last.version)]) != of) continue;
        int32_t own = last.version;
        while (previous[size_t(own)] >= 0) own = previous[size_t(own)];
        found.push_back({reads[at].reader, int32_t(of), reads[at].version == first[of] ? -1 : place[version],
                         place[size_t(own)]});
      }
    }
    return found;
  }

  // Of those, one that does not follow what it read, for others came between; `by` is kNobody if there is none.
  Update overtaken() const {
    for (const Update& update : updates()) {
      const int32_t next = update.after >= 0 ? update.after : int32_t(order[size_t(update.key)].size());
      if (next != update.before + 1) return update;
    }
    return {kNobody, 0, 0, 0};
  }

  // Two transactions that read one version of a key and both wrote the key; kNobody if there are none.
  struct Lost {
    int32_t one, other, version;
  };
  Lost lost_update() const {
    std::vector<int32_t> updated(key.size(), kNobody);
    std::vector<std::vector<int32_t>> keys(transactions());
    for (const Final& last : finals) keys[size_t(last.writer)].push_back(key[size_t(last.version)]);
    for (size_t at = 0; at < reads.size(); ++at) {
      const auto& own = keys[size_t(reads[at].reader)];
      const size_t version = size_t(reads[at].version);
      if (!is_last(at) || std::find(own.begin(), own.end(), key[version]) == own.end()) continue;
      if (updated[version] != kNobody) return {updated[version], reads[at].reader, int32_t(version)};
      updated[version] = reads[at].reader;
    }
    return {kNobody, kNobody, -1};
  }

 private:
  // Whether a transaction reads the key of a read no more after it.
  bool is_last(size_t at) const {
    for (size_t later = at + 1; later < reads.size() && reads[later].reader == reads[at].reader; ++later)
      if (key[size_t(reads[later].version)] == key[size_t(reads[at].version)]) return false;
    return true;
  }

  static void add(Dependencies& graph, int32_t before, int32_t after, uint8_t kind) {
    if (before != after && before != kNobody && after != kNobody) graph.add(before, after, kind);
  }
};

}  // namespace consistency
