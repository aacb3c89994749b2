/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are written to at random, and what each of them must make of it */
#ifndef HOOKCOST_TEST_FUZZ_H
#define HOOKCOST_TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FUZZ_INPUT	(64 * 1024)	/* the longest write */
#define FUZZ_SHOWN	16384		/* the longest that a file shows of what is set */

enum fuzz_kind {
	/* hookcost's */
	FUZZ_ENABLE, FUZZ_RESET, FUZZ_CLOCK, FUZZ_DEVICE, FUZZ_NATIVE,
	/* mlx5sim's */
	FUZZ_NUMBER, FUZZ_SIGNED, FUZZ_START, FUZZ_RUN, FUZZ_STOP, FUZZ_TEMPLATE, FUZZ_INJECT,
	FUZZ_FAULT,
	/* modules' */
	FUZZ_PARAMETER,
};

struct fuzz_file {
	char path[192];
	enum fuzz_kind kind;
	uint64_t min, max;		/* FUZZ_NUMBER */
	bool shows;			/* it can be read, and shows what is set */
	char initial[FUZZ_SHOWN], known[FUZZ_SHOWN];
	size_t initial_len, known_len;
	unsigned long writes, taken;
};

enum fuzz_fate {
	FUZZ_TAKES,
	FUZZ_REFUSES,
	FUZZ_EITHER,		/* it depends on what is not looked at; a refusal changes nothing */
	FUZZ_AVOID,		/* it would be understood, and have the driver fail */
};

/* fuzz_files.c: those found, and how often something was not as it must be */
extern struct fuzz_file fuzz_files[];
extern size_t fuzz_nfiles;
extern unsigned int fuzz_faults;

__attribute__((format(printf, 1, 2))) void fuzz_fault(const char *fmt, ...);
void fuzz_forget(void);
/* Adds what can be written to below a folder */
void fuzz_find(const char *root);
/* What was taken, or -errno */
ssize_t fuzz_write(const struct fuzz_file *f, const char *buf, size_t len, off_t at);
/* What the file shows is what is expected of it from now on */
void fuzz_learn(struct fuzz_file *f);
/* It must show what was learnt */
void fuzz_compare(const struct fuzz_file *f, const char *when);
void fuzz_compare_all(const char *when);
void fuzz_stop_generators(void);
/* What was set before; a valid write does it, whatever came before that */
void fuzz_put_back(void);

/* fuzz_input.c: a sequence that its seed determines */
void fuzz_seed(uint64_t seed);
uint64_t fuzz_random(void);
unsigned int fuzz_below(unsigned int n);
/* Something for the file, at most FUZZ_INPUT bytes; how many */
size_t fuzz_input(const struct fuzz_file *f, char *buf);

/*
 * fuzz_model.c: what the file must make of a write. shows, "" if that is not known, is what
 * it must begin with afterwards if it takes the write.
 */
enum fuzz_fate fuzz_expect(const struct fuzz_file *f, const char *buf, size_t len,
			   char *shows, size_t size);
/* Whether this is an error that the file's documentation names */
bool fuzz_documented(const struct fuzz_file *f, int error);

#endif /* HOOKCOST_TEST_FUZZ_H */
