/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets, as several have counted them: who sent them, the driver, the program, who read them.
 * What one has seen, the others must have.
 */
#ifndef HOOKCOST_LEDGER_H
#define HOOKCOST_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames, as those three have counted them that every one has */
struct frame_count {
	uint64_t sent, received, dropped;	/* by the sender; by the driver; by XDP there */
};

struct ledger {
	const char *what;		/* "frames sent"; NULL ends the list */
	uint64_t is, must_be;
};

/*
 * Whether all are what they must be. In text, either way: "5 frames sent, 4 received by the
 * driver", and what a count must be where that is not the first one.
 */
bool ledger_exact(const struct ledger *l, char *text, size_t len);
/* Whether all that were sent were received, and dropped */
bool frames_exact(const struct frame_count *f);

#endif /* HOOKCOST_LEDGER_H */
