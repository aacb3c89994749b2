/* SPDX-License-Identifier: GPL-2.0-only */
/* What uprobe.bpf.c and its bench agree on */
#ifndef HOOKCOST_UPROBE_BPF_H
#define HOOKCOST_UPROBE_BPF_H

/* What has been hit; each has a counter */
enum uprobe_hit {
	UPROBE_ENTRY,
	UPROBE_RETURN,
	UPROBE_CALL,			/* a system call of the bench's own */
	UPROBE_HITS
};

#endif /* HOOKCOST_UPROBE_BPF_H */
