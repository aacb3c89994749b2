/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets of one kind: of a verdict, of a protocol and length */
#ifndef HOOKCOST_CLASSES_H
#define HOOKCOST_CLASSES_H

#include <stddef.h>
#include <stdint.h>
#include "prog/prog.h"

/* Of more the rarest are put together */
#define CLASSES_MAX	8
#define CLASS_NAME	64

struct class {
	char name[CLASS_NAME];
	uint32_t *frame;		/* of each packet */
	size_t n;
	unsigned int kinds;		/* that have been put together; 1: it is one */
};

struct classes {
	struct class *class;
	size_t n;
};

/* Writes the name, of CLASS_NAME bytes, of what a frame is to a program */
typedef void (*class_fn)(const struct prog *p, const struct subject *s, uint32_t frame, char *name);

/* The largest first */
void classes_make(const struct prog *p, const struct subject *s, class_fn name, struct classes *c);
void classes_free(struct classes *c);
/* By protocol and length: "IPv4 UDP, to 64 bytes" */
void class_by_headers(const struct prog *p, const struct subject *s, uint32_t frame, char *name);

#endif /* HOOKCOST_CLASSES_H */
