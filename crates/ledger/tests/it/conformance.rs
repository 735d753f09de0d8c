//! What every store has to do, said once: each is held against it.

use crate::wanted::{new, node, run, word};
use ledger::{DecisionHead, Store, StoreError, Way};
use proof::tile::Tile;
use proof::{Entry, Frontier, Hash, Signer};

/// A new log, empty, called `example.com/log`.
pub(crate) fn all(mut make: impl FnMut() -> Box<dyn Store>) {
    run(async {
        it_grows_and_its_root_is_that_of_its_entries(make()).await;
        a_decision_on_an_old_head_is_refused_whole(make()).await;
        evidence_moves_no_decision_head(make()).await;
        a_command_is_answered_once(make()).await;
        time_never_goes_back(make()).await;
        what_is_erased_is_gone_and_the_rest_stays(make()).await;
        the_last_head_is_kept(make()).await;
    });
}

async fn it_grows_and_its_root_is_that_of_its_entries(mut store: Box<dyn Store>) {
    let (mut frontier, mut made) = (Frontier::default(), 0_u64);
    for many in [0, 1, 2, 3, 250, 1, 255, 256, 257, 700] {
        let before = store.head().await.unwrap();
        assert_eq!((before.size, before.root), (made, frontier.root()));
        let wanted = (made..made + many).map(|at| new(&format!("c{at}"))).collect();
        let appended = store.record(wanted, &node(), 1_000).await.unwrap();
        assert_eq!(
            appended.iter().map(|one| one.index).collect::<Vec<_>>(),
            (made..made + many).collect::<Vec<_>>()
        );
        for stored in store.read(made, many).await.unwrap() {
            let (entry, note) = Entry::parse(&stored.bytes).unwrap();
            assert_eq!((entry.index, stored.index), (made, made));
            assert_eq!(note.signed_by([node().key()]).unwrap().len(), 1);
            assert_eq!(stored.kept.len(), 2);
            for (kept, payload) in stored.kept.iter().zip(&entry.payloads) {
                assert_eq!(proof::commitment(&kept.salt, &kept.content), payload.commitment);
            }
            frontier.push(Hash::leaf(&stored.bytes), |_, _| {});
            made += 1;
        }
    }
    let head = store.head().await.unwrap();
    assert_eq!((head.origin.as_str(), head.size, head.root), ("example.com/log", 1725, frontier.root()));
    let mut tiles = Vec::new();
    for tile in Tile::all(head.size) {
        tiles.push((tile, store.tile(tile).await.unwrap()));
    }
    assert_eq!(tiles.len(), 8);
    assert_eq!(proof::root(&Tiles(&tiles, head.size), head.size), Ok(head.root));
    assert!(store.tile(Tile { level: 0, index: 7, width: 1 }).await.is_err());
    assert_eq!(store.read(1720, 100).await.unwrap().len(), 5);
    assert_eq!(store.read(2000, 100).await.unwrap().len(), 0);
    assert_eq!(store.read(u64::MAX >> 1, u64::MAX).await.unwrap().len(), 0);
}

struct Tiles<'a>(&'a [(Tile, Vec<Hash>)], u64);

impl proof::Nodes for Tiles<'_> {
    type Error = proof::Node;

    fn node(&self, node: proof::Node) -> Result<Hash, proof::Node> {
        let (tile, at) = Tile::of(node, self.1).ok_or(node)?;
        let (_, hashes) = self.0.iter().find(|(other, _)| *other == tile).ok_or(node)?;
        proof::tile::above(&hashes[at]).ok_or(node)
    }
}

async fn a_decision_on_an_old_head_is_refused_whole(mut store: Box<dyn Store>) {
    let first = store.decide(DecisionHead(None), vec![new("a"), new("b")], &node(), 1).await.unwrap();
    assert_eq!(first.last().unwrap().index, 1);
    for old in [DecisionHead(None), DecisionHead(Some(0)), DecisionHead(Some(9))] {
        let refused = store.decide(old, vec![new("c"), new("d")], &node(), 1).await;
        assert!(matches!(refused, Err(StoreError::Moved(DecisionHead(Some(1))))), "{refused:?}");
    }
    assert_eq!(store.head().await.unwrap().size, 2);
    store.decide(DecisionHead(Some(1)), vec![new("c")], &node(), 1).await.unwrap();
    assert_eq!(store.head().await.unwrap().decided, DecisionHead(Some(2)));
}

async fn evidence_moves_no_decision_head(mut store: Box<dyn Store>) {
    store.decide(DecisionHead(None), vec![new("a")], &node(), 1).await.unwrap();
    store.record(vec![new("looked"), new("looked")], &node(), 1).await.unwrap();
    store.decide(DecisionHead(Some(0)), vec![new("b")], &node(), 1).await.unwrap();
    let ways: Vec<Way> = store.read(0, 9).await.unwrap().iter().map(|stored| stored.way).collect();
    assert_eq!(ways, [Way::Decision, Way::Evidence, Way::Evidence, Way::Decision]);
    assert_eq!(store.answered(&word("looked")).await.unwrap(), [1, 2]);
    assert_eq!(store.answered(&word("nothing")).await.unwrap(), [] as [u64; 0]);
}

async fn a_command_is_answered_once(mut store: Box<dyn Store>) {
    let first = store.decide(DecisionHead(None), vec![new("a")], &node(), 5).await.unwrap();
    // Whoever did not hear the answer asks again, at whatever head.
    let again = store.decide(DecisionHead(None), vec![new("a")], &node(), 9).await.unwrap();
    assert_eq!((again[0].index, again[0].time, again[0].before, first[0].before), (0, 5, true, false));
    assert_eq!(store.head().await.unwrap().size, 1);
    let both = store.decide(DecisionHead(Some(0)), vec![new("a"), new("b")], &node(), 9).await.unwrap();
    assert_eq!(both.iter().map(|one| (one.index, one.before)).collect::<Vec<_>>(), [(0, true), (1, false)]);
}

async fn time_never_goes_back(mut store: Box<dyn Store>) {
    let mut times = Vec::new();
    for now in [10, 5, 12, 12, 3] {
        times.push(store.record(vec![new("a")], &node(), now).await.unwrap()[0].time);
    }
    assert_eq!(times, [10, 10, 12, 12, 12]);
    assert_eq!(store.head().await.unwrap().time, 12);
}

async fn what_is_erased_is_gone_and_the_rest_stays(mut store: Box<dyn Store>) {
    store.record(vec![new("a"), new("b")], &node(), 1).await.unwrap();
    let before = store.head().await.unwrap();
    assert_eq!(store.erase(0, &[word("person")]).await.unwrap(), 1);
    assert_eq!(store.erase(0, &[word("person")]).await.unwrap(), 0);
    let stored = store.read(0, 9).await.unwrap();
    assert_eq!(stored.iter().map(|stored| stored.kept.len()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(stored[0].kept[0].content, b"said a");
    assert_eq!(store.head().await.unwrap(), before);
}

async fn the_last_head_is_kept(mut store: Box<dyn Store>) {
    assert_eq!(store.checkpoint().await.unwrap(), None);
    store.keep_checkpoint(3, "three").await.unwrap();
    store.keep_checkpoint(12, "twelve").await.unwrap();
    store.keep_checkpoint(12, "twelve, witnessed").await.unwrap();
    store.keep_checkpoint(7, "seven").await.unwrap();
    assert_eq!(store.checkpoint().await.unwrap().as_deref(), Some("twelve, witnessed"));
}
