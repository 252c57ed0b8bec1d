//! Order, memory, errors and panics of work on several threads.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use super::Pool;

const PLENTY: u64 = 1 << 40;

/// Some jobs take longer than those after them.
fn dawdle(job: u64) {
    thread::sleep(Duration::from_micros((job * 7919) % 5 * 300));
}

#[test]
fn results_are_taken_in_order() {
    for threads in [1, 2, 7] {
        let pool = Pool::new(threads, PLENTY).unwrap();
        let mut taken = Vec::new();
        let done: Result<(), Infallible> = pool.in_order(
            (0..200).map(|job| (1, job)),
            |job| {
                dawdle(job);
                job * 2
            },
            |result| {
                taken.push(result);
                Ok(())
            },
        );
        assert_eq!(done, Ok(()));
        assert_eq!(taken, (0..200).map(|job| job * 2).collect::<Vec<_>>());
    }
}

#[test]
fn no_more_is_under_way_than_threads_and_memory_allow() {
    // Memory for three jobs of ten; then threads for eight jobs.
    for (memory, most) in [(30, 3), (PLENTY, 8), (1, 1)] {
        let pool = Pool::new(4, memory).unwrap();
        let (under_way, highest) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let done: Result<(), Infallible> = pool.in_order(
            (0..100).map(|job| (10, job)),
            |job| {
                let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                highest.fetch_max(now, Ordering::SeqCst);
                dawdle(job);
            },
            |()| {
                under_way.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            },
        );
        assert_eq!(done, Ok(()));
        let highest = highest.into_inner();
        assert!((1..=most).contains(&highest), "{highest} of {memory} bytes");
        assert_eq!(pool.used.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn jobs_may_have_jobs_of_their_own_and_share_the_memory() {
    let pool = Pool::new(3, 25).unwrap();
    let mut sums = Vec::new();
    let done: Result<(), Infallible> = pool.in_order(
        (0..40).map(|job| (10, job)),
        |job: u64| {
            let mut parts = Vec::new();
            let done: Result<(), Infallible> = pool.in_order(
                (0..10).map(|part| (10, part)),
                |part| {
                    dawdle(part);
                    job * 10 + part
                },
                |part| {
                    parts.push(part);
                    Ok(())
                },
            );
            assert_eq!(done, Ok(()));
            parts
        },
        |parts| {
            sums.extend(parts);
            Ok(())
        },
    );
    assert_eq!(done, Ok(()));
    assert_eq!(sums, (0..400).collect::<Vec<_>>());
    assert_eq!(pool.used.load(Ordering::SeqCst), 0);
}

#[test]
fn the_first_error_in_order_ends_the_work() {
    let pool = Pool::new(4, PLENTY).unwrap();
    let begun = AtomicU64::new(0);
    let done = pool.in_order(
        (0..10_000).map(|job| (1, job)),
        |job| {
            begun.fetch_add(1, Ordering::SeqCst);
            dawdle(job);
            job
        },
        |job| if job < 20 { Ok(()) } else { Err(job) },
    );
    assert_eq!(done, Err(20));
    assert!(begun.into_inner() <= 21 + 8);
    assert_eq!(pool.used.load(Ordering::SeqCst), 0);
}

#[test]
fn a_panic_comes_back_to_the_caller_and_the_pool_goes_on() {
    let pool = Pool::new(2, 10).unwrap();
    let run = |bad: u64| {
        pool.in_order(
            (0..50).map(|job| (5, job)),
            |job| assert!(job != bad, "job {job}"),
            |()| Ok::<_, Infallible>(()),
        )
    };
    assert!(catch_unwind(AssertUnwindSafe(|| run(30))).is_err());
    assert_eq!(pool.used.load(Ordering::SeqCst), 0);
    assert_eq!(run(50), Ok(()));
}
