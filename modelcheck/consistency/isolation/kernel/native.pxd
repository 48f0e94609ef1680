"""The C++ classes beside this file, as its kernels see them."""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t
from libcpp cimport bool as boolean
from libcpp.vector cimport vector


cdef extern from "dependencies.hpp" namespace "consistency" nogil:
    cdef cppclass Dependencies:
        Dependencies(int32_t) except +
        int32_t nodes() const
        void add(int32_t, int32_t, uint8_t) except +
        boolean is_acyclic(uint8_t) except +
        vector[int32_t] cycle(uint8_t, uint8_t, size_t) except +
        int32_t edge_from(int32_t) const
        int32_t edge_to(int32_t) const
        uint8_t edge_kind(int32_t) const
        int32_t edges() const


cdef extern from "polygraph.hpp" namespace "consistency" nogil:
    cdef enum Shape "consistency::Polygraph::Shape":
        kPlain "consistency::Polygraph::kPlain"
        kSnapshot "consistency::Polygraph::kSnapshot"
        kPrefix "consistency::Polygraph::kPrefix"
        kCursor "consistency::Polygraph::kCursor"

    cdef cppclass Polygraph:
        cppclass Edge:
            Edge() except +
            int32_t from_ "from"
            int32_t to
            uint8_t kind
        Polygraph(int32_t, Shape) except +
        boolean pair_up(size_t) except +


cdef extern from "order_search.hpp" namespace "consistency" nogil:
    cdef enum OrderAnswer "consistency::OrderSearch::Answer":
        kHolds "consistency::OrderSearch::kHolds"
        kViolated "consistency::OrderSearch::kViolated"
        kOrderNoTime "consistency::OrderSearch::kNoTime"
        kOrderStopped "consistency::OrderSearch::kStopped"

    cdef cppclass OrderSearch:
        OrderSearch(const Polygraph&, double, size_t, boolean (*)(void*) noexcept, void*) except +
        OrderAnswer run(const vector[int32_t]&) except +
        vector[Polygraph.Edge] edges() except +


cdef extern from "facts.hpp" namespace "consistency" nogil:
    cdef cppclass Final "consistency::Facts::Final":
        int32_t writer
        int32_t version
    cdef cppclass Read "consistency::Facts::Read":
        int32_t reader
        int32_t version
    cdef cppclass Update "consistency::Facts::Update":
        int32_t by
        int32_t key
        int32_t before
        int32_t after
    cdef cppclass Lost "consistency::Facts::Lost":
        int32_t one
        int32_t other
        int32_t version
    cdef cppclass Numbers "consistency::Facts":
        vector[uint8_t] committed
        vector[int32_t] key
        vector[int32_t] writer
        vector[int32_t] previous
        vector[uint8_t] is_final
        vector[int32_t] place
        vector[int32_t] first
        vector[vector[int32_t]] order
        vector[Final] finals
        vector[Read] reads
        vector[int32_t] session
        int32_t add_key() except +
        int32_t add_version(int32_t, int32_t) except +
        void extend(int32_t, int32_t) except +
        vector[uint8_t] included() except +
        void add_reads(Dependencies&) except +
        void add_orders(Dependencies&) except +
        @staticmethod
        void add_certain(Polygraph&, const Dependencies&, uint8_t) except +
        void add_registers(Polygraph&) except +
        void add_unread(Polygraph&) except +
        Update overtaken() except +
        Lost lost_update() except +


cdef extern from "schedule.hpp" namespace "consistency" nogil:
    cdef cppclass Schedule:
        vector[int32_t] order
        Schedule(const Numbers&, const Dependencies&, uint8_t) except +
        boolean run() except +


cdef extern from "saturation.hpp" namespace "consistency" nogil:
    cdef enum Level "consistency::Saturation::Level":
        kReadCommitted "consistency::Saturation::kReadCommitted"
        kReadAtomic "consistency::Saturation::kReadAtomic"
        kCausal "consistency::Saturation::kCausal"
    cdef enum SaturationAnswer "consistency::Saturation::Answer":
        kAdded "consistency::Saturation::kAdded"
        kStale "consistency::Saturation::kStale"
        kNoTime "consistency::Saturation::kNoTime"

    cdef cppclass Forced "consistency::Saturation::Forced":
        int32_t before
        int32_t after
        Read read

    cdef cppclass Saturation:
        vector[Forced] forced
        int32_t writer
        int32_t reader
        Saturation(const Numbers&, Dependencies&, double, size_t) except +
        SaturationAnswer run(Level) except +


cdef extern from "parallel.hpp" namespace "consistency" nogil:
    cdef enum ParallelAnswer "consistency::Parallel::Answer":
        kParallelHolds "consistency::Parallel::kHolds"
        kParallelViolated "consistency::Parallel::kViolated"
        kParallelNoTime "consistency::Parallel::kNoTime"
    cdef cppclass ParallelEdge "consistency::Parallel::Edge":
        int32_t from_ "from"
        int32_t to
        uint8_t kind
    cdef cppclass Parallel:
        Parallel(const Numbers&, const Dependencies&, uint8_t, double, size_t) except +
        ParallelAnswer run() except +
        vector[ParallelEdge] edges() except +


cdef extern from "instants.hpp" namespace "consistency" nogil:
    cdef cppclass Instants:
        void call(int64_t, int32_t) except +
        void finish(int64_t, int32_t) except +
        void add_to(Dependencies&, int32_t) except +
