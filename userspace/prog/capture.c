// SPDX-License-Identifier: GPL-2.0-only
/* Frames of a capture, as libpcap reads them; its struct bpf_insn is not the kernel's */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_ether.h>
#include "core/run.h"
#include "prog/frames.h"

/* Of a capture that is longer the frames behind it are left out */
#define MEMORY_MAX	(128UL << 20)

static void take(struct frames *f, const struct pcap_pkthdr *h, const u_char *data, uint64_t number,
		 size_t longest)
{
	if (h->caplen < h->len)
		frames_left(f, LEFT_TRUNCATED, number);
	else if (h->caplen > longest)
		frames_left(f, LEFT_LONG, number);
	else if (h->caplen < ETH_HLEN)
		frames_left(f, LEFT_SHORT, number);
	else if (f->size + h->caplen > MEMORY_MAX)
		frames_left(f, LEFT_MEMORY, number);
	else
		frames_add(f, data, h->caplen, number);
}

static int read_frames(struct frames *f, pcap_t *pcap, const char *path, size_t longest)
{
	struct pcap_pkthdr *h;
	uint64_t number = 0;
	const u_char *data;
	int ret;

	while ((ret = pcap_next_ex(pcap, &h, &data)) == 1) {
		if (++number == UINT32_MAX || interrupted())
			return -EINTR;
		take(f, h, data, number, longest);
	}
	if (ret == PCAP_ERROR_BREAK)
		return 0;
	snprintf(f->cut, sizeof(f->cut), "%s ends after frame %llu: %s", path,
		 (unsigned long long)number, pcap_geterr(pcap));
	return 0;
}

static const char *link_name(int link)
{
	return pcap_datalink_val_to_name(link) ?: "of an unknown link type";
}

/* One that has no frame at all that can be used is of no use */
static int check_some(struct frames *f, const char *path)
{
	size_t i;

	if (f->n)
		return 0;
	for (i = 0; i < LEFT_OUTS && !f->left[i]; i++)
		;
	if (*f->cut)
		err("%s: no frames: %s", path, f->cut);
	else if (i < LEFT_OUTS)
		err("%s: no frame can be used; %llu are %s", path,
		    (unsigned long long)f->left[i], left_out_text(i));
	else
		err("%s: no frames", path);
	return -ENODATA;
}

int frames_capture(struct frames *f, const char *path, size_t longest)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap;
	int ret;

	pcap = pcap_open_offline(path, why);
	if (!pcap) {
		/* it begins with the name where the file cannot be opened */
		err("%s%s%s", strncmp(why, path, strlen(path)) ? path : "",
		    strncmp(why, path, strlen(path)) ? ": " : "", why);
		return -EINVAL;
	}
	if (pcap_datalink(pcap) != DLT_EN10MB) {
		err("%s: frames are %s, not Ethernet; capture on one netdev (tcpdump -i NAME)",
		    path, link_name(pcap_datalink(pcap)));
		pcap_close(pcap);
		return -EINVAL;
	}
	f->from = path;
	ret = read_frames(f, pcap, path, longest);
	pcap_close(pcap);
	return ret ?: check_some(f, path);
}
