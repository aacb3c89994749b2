/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs that replay frames share with who runs them. Each takes the frames one
 * after the other, makes the packet what it was in the capture, and calls the program that is
 * measured by a tail call out of a function, which returns here.
 */
#ifndef HOOKCOST_REPLAY_BPF_H
#define HOOKCOST_REPLAY_BPF_H

/* Tail calls that one run may make are MAX_TAIL_CALL_CNT, 33 */
#define REPLAY_RUNS	32
/* What test_run has room for in a page, behind the headroom and before skb_shared_info */
#define REPLAY_BYTES	3408
/* Verdicts from -1 on are counted each, what is none of them is the last one */
#define REPLAY_VERDICTS	16
/* The program was not called */
#define REPLAY_NOT	0x7ead

/* A packet: its bytes, and the verdict that it must have */
struct replay_slot {
	__u32 at, len;
	__s32 verdict;
	__u32 restore;		/* it is not as it was before */
};

#define REPLAY_COLD	256

/* Set before a run, and what it leaves */
struct replay_state {
	/* Packets from slot `first` on, `n` of them again and again, until none are left */
	__u32 first, n, at;
	__u32 any_verdict;	/* all are right, as the program called is the empty one */
	__u64 left;
	__u64 count[REPLAY_VERDICTS];
	/* How many had another verdict than they must, and the first one of them */
	__u64 wrong;
	__u32 wrong_slot;
	__s32 wrong_verdict;
	__u64 failed;		/* could not be made what they were */
	__u64 drained;
	__u64 fresh_ns;		/* replay_fresh: of all packets */
	/* replay_cold: of each packet by itself */
	__u32 colds, unused;
	__u64 cold_ns[REPLAY_COLD];
};

/* Where in count[] a verdict is */
static inline __u32 replay_count(int verdict)
{
	__u32 i = (__u32)verdict + 1;

	return i < REPLAY_VERDICTS ? i : REPLAY_VERDICTS - 1;
}

#endif /* HOOKCOST_REPLAY_BPF_H */
