/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that times another with packets as they come shares with who attaches it */
#ifndef HOOKCOST_LIVE_BPF_H
#define HOOKCOST_LIVE_BPF_H

#include "replay.bpf.h"

/* Places in its program array */
enum { LIVE_EMPTY, LIVE_PROGRAM, LIVE_CALLED };

/* Of one CPU, since it was attached; by verdict, see replay_count() */
struct live {
	__u64 packets[REPLAY_VERDICTS];
	__u64 ns[REPLAY_VERDICTS];	/* the program, called by a tail call */
	__u64 empty[REPLAY_VERDICTS];	/* an empty one, called likewise, for the same packets */
	__u64 failed;			/* packets for which it was not called, and which passed */
};

#endif /* HOOKCOST_LIVE_BPF_H */
