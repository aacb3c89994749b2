/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * simcmd.c: raw commands to the firmware of mlx5sim's port 1, through the debugfs files
 * that mlx5 has for that
 */
#ifndef HOOKCOST_TEST_SIMCMD_H
#define HOOKCOST_TEST_SIMCMD_H

#include <stddef.h>
#include <stdint.h>
#include <linux/stddef.h>

/* The kernel's header of the interface is for the kernel only; this is all it lacks */
typedef uint8_t u8;
#define BIT(n)			(1U << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define DECLARE_FLEX_ARRAY	__DECLARE_FLEX_ARRAY
#include <linux/mlx5/mlx5_ifc.h>

/* The command's status, as include/linux/mlx5/device.h numbers them */
enum {
	STAT_OK			= 0x0,
	STAT_BAD_OP		= 0x2,
	STAT_BAD_PARAM		= 0x3,
	STAT_BAD_SYS_STATE	= 0x4,
	STAT_BAD_RES		= 0x5,
	STAT_BAD_RES_STATE	= 0x9,
	STAT_IX			= 0xa,
	STAT_BAD_INP_LEN	= 0x50,
	STAT_BAD_OUTP_LEN	= 0x51,
};

/* A bit is a byte in the header's structures */
#define BYTES(type)	(sizeof(struct mlx5_ifc_##type##_bits) / 8)

/* A field's first bit is its address in a structure at 0, its width is its size */
#define FIELD(type, field)	(&((*(struct mlx5_ifc_##type##_bits *)0).field))
#define SET(type, buf, field, value)					\
({									\
	__auto_type _f = FIELD(type, field);				\
	simcmd_set(buf, (size_t)_f, sizeof(*_f), value);		\
})
#define GET(type, buf, field)						\
({									\
	__auto_type _g = FIELD(type, field);				\
	simcmd_get(buf, (size_t)_g, sizeof(*_g));			\
})

void simcmd_set(void *buf, size_t bit, size_t width, uint64_t value);
uint64_t simcmd_get(const void *buf, size_t bit, size_t width);

#define MAX_OUT	8192

struct simcmd {
	uint8_t in[8192], out[MAX_OUT];
	size_t inlen, outlen;
};

/* Begins one: all else is 0 */
#define NEW(c, name, opcode)	simcmd_new(c, opcode, BYTES(name##_in), BYTES(name##_out))

/* Ends the program with kselftest's skip status if there is no mlx5sim, or no way to it */
void simcmd_need(void);
/* The port's address on the PCI bus; 0 or -1 */
int simcmd_pci(char *pci, size_t size);
void simcmd_new(struct simcmd *c, unsigned int opcode, size_t inlen, size_t outlen);
/* Its status; negative if it has got no answer */
int simcmd_run(struct simcmd *c);
/* Those that were refused so far, by this program's count */
extern unsigned int simcmd_refused;

/* ALLOC_PD and its like: the object's number, or -status; DEALLOC_*, DESTROY_*: the status */
int simcmd_alloc(unsigned int opcode);
int simcmd_free(unsigned int opcode, uint32_t id);
/*
 * A page that is mapped for the device: one with the driver's doorbell records. Nothing is
 * written to a queue there, as long as it is not in use. 0 if it cannot be found.
 */
uint64_t simcmd_page(void);
/* The oldest and the newest queue of a kind, "cq", "sq" or "rq", that the driver has */
uint32_t simcmd_first(const char *queue);
uint32_t simcmd_last(const char *queue);

#endif /* HOOKCOST_TEST_SIMCMD_H */
