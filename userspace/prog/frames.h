/* SPDX-License-Identifier: GPL-2.0-only */
/* The packets: a capture's, or made from templates */
#ifndef HOOKCOST_FRAMES_H
#define HOOKCOST_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prog_opts;

struct frame {
	size_t at;			/* of its first byte */
	uint32_t len;
	uint32_t number;		/* in the capture, from 1; of a template's: the flow */
};

/* Why frames of a capture are left out */
enum left_out {
	LEFT_TRUNCATED,
	LEFT_LONG,
	LEFT_SHORT,
	LEFT_MEMORY,
	LEFT_REFUSED,
	LEFT_OUTS
};

struct frames {
	const char *from;		/* file, or "templates" */
	uint8_t *bytes;			/* one after the other, each from a multiple of 64 on */
	size_t size, room;
	size_t mapped;			/* they are so much mapped memory; 0: allocated */
	struct frame *frame;
	size_t n, frame_room;
	/* The packets: frames by their place in frame[], in the order in which they come */
	uint32_t *order;
	size_t norder;
	uint64_t left[LEFT_OUTS];
	uint64_t left_first[LEFT_OUTS];	/* the number of the first one */
	char cut[256];			/* the file ends too early; "": it is whole */
};

/* 0, or -errno with one line said; longest: what the method has room for */
int frames_make(struct frames *f, const struct prog_opts *o, size_t longest);
void frames_free(struct frames *f);
/* The bytes have been copied to `to`, memory that was mapped, and are kept there */
void frames_move(struct frames *f, void *to, size_t mapped);
/* For capture.c and template.c */
void frames_add(struct frames *f, const void *data, size_t len, uint32_t number);
void frames_left(struct frames *f, enum left_out why, uint64_t number);
int frames_capture(struct frames *f, const char *path, size_t longest);
int frames_templates(struct frames *f, const struct prog_opts *o, size_t longest);
/* Left out after all, those for which out[] is true: they have no place in the order */
void frames_leave_out(struct frames *f, const bool *out, enum left_out why);
/* In words, and for programs */
const char *left_out_key(enum left_out why);
const char *left_out_text(enum left_out why);

/* headers.c: "IPv4 TCP 10.0.0.1:80 > 10.0.0.2:1234", and "IPv4 TCP" */
void frame_headers(const uint8_t *data, size_t len, char *text, size_t room);
void frame_protocol(const uint8_t *data, size_t len, char *text, size_t room);
/* What UDP or TCP carries, its length; 0: nothing, or another protocol */
size_t frame_payload(const uint8_t *data, size_t len, const uint8_t **payload);

#endif /* HOOKCOST_FRAMES_H */
