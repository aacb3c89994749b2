/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may change what is in debugfs: hooks, native program, device and clock are the machine's
 * only ones, so that a second command would change what the first is measuring with
 */
#ifndef HOOKCOST_LOCK_H
#define HOOKCOST_LOCK_H

enum lock_kind {
	LOCK_STATE_READ,	/* shared with other readers */
	LOCK_STATE_WRITE,	/* alone */
};

/*
 * Until the process ends, however it ends. 0, also where there are no tables to share;
 * -EBUSY with err() said, which names the process that has it.
 */
int lock_state(enum lock_kind kind);

#endif /* HOOKCOST_LOCK_H */
