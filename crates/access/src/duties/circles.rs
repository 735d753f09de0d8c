//! The parts of a graph whose members all lead to one another, so that a circle is one place.

/// For each node its part; parts are numbered so that what a node leads to is never in a later one. Tarjan's algorithm, without
/// recursion: a chain may be as long as there are nodes.
pub(super) fn parts(nodes: usize, next: impl Fn(usize, usize) -> Option<usize>) -> (Vec<usize>, usize) {
    let mut search = Search {
        seen: vec![None; nodes],
        low: vec![0; nodes],
        part: vec![None; nodes],
        open: Vec::new(),
        parts: 0,
    };
    let mut count = 0;
    for start in 0..nodes {
        if search.is_seen(start) {
            continue;
        }
        let mut path = vec![(start, 0_usize)];
        search.begin(start, &mut count);
        while let Some((node, edge)) = path.last_mut() {
            let (node, at) = (*node, *edge);
            *edge += 1;
            match next(node, at) {
                Some(to) if !search.is_seen(to) => {
                    search.begin(to, &mut count);
                    path.push((to, 0));
                }
                Some(to) => search.meets(node, to),
                None => {
                    path.pop();
                    search.end(node);
                    if let Some((before, _)) = path.last() {
                        search.carries(*before, node);
                    }
                }
            }
        }
    }
    let parts = search.parts;
    (search.part.into_iter().map(Option::unwrap_or_default).collect(), parts)
}

struct Search {
    /// When it was first met.
    seen: Vec<Option<usize>>,
    /// The first met of those that it leads back to.
    low: Vec<usize>,
    part: Vec<Option<usize>>,
    open: Vec<usize>,
    parts: usize,
}

impl Search {
    fn is_seen(&self, node: usize) -> bool {
        // What is no node is never looked at.
        self.seen.get(node).is_none_or(Option::is_some)
    }

    fn begin(&mut self, node: usize, count: &mut usize) {
        if let (Some(seen), Some(low)) = (self.seen.get_mut(node), self.low.get_mut(node)) {
            (*seen, *low) = (Some(*count), *count);
            *count += 1;
            self.open.push(node);
        }
    }

    /// An edge to a node that was met before: it counts as long as that one's part is not complete.
    fn meets(&mut self, node: usize, to: usize) {
        let met = self.seen.get(to).copied().flatten();
        if let (Some(met), Some(None)) = (met, self.part.get(to)) {
            self.lower(node, met);
        }
    }

    fn carries(&mut self, node: usize, from: usize) {
        if let Some(low) = self.low.get(from).copied() {
            self.lower(node, low);
        }
    }

    fn lower(&mut self, node: usize, to: usize) {
        if let Some(low) = self.low.get_mut(node) {
            *low = (*low).min(to);
        }
    }

    /// All edges of the node have been followed. If it leads back to nothing before it, its part is complete.
    fn end(&mut self, node: usize) {
        let first = self.seen.get(node).copied().flatten();
        if first.is_none() || first != self.low.get(node).copied() {
            return;
        }
        while let Some(member) = self.open.pop() {
            if let Some(part) = self.part.get_mut(member) {
                *part = Some(self.parts);
            }
            if member == node {
                break;
            }
        }
        self.parts += 1;
    }
}
