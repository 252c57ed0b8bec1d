//! Names as hospitals hold them: surnames by their frequency in China, some written in Latin.

/// Surnames with how many of a thousand people have them.
const SURNAMES: &[(&str, u64)] = &[
    ("王", 72),
    ("李", 71),
    ("张", 68),
    ("刘", 54),
    ("陈", 46),
    ("杨", 31),
    ("赵", 21),
    ("黄", 22),
    ("周", 19),
    ("吴", 19),
    ("徐", 15),
    ("孙", 14),
    ("胡", 12),
    ("朱", 12),
    ("高", 11),
    ("林", 11),
    ("何", 11),
    ("郭", 11),
    ("马", 11),
    ("罗", 9),
    ("梁", 9),
    ("宋", 8),
    ("郑", 8),
    ("谢", 7),
    ("韩", 7),
    ("唐", 7),
    ("冯", 6),
    ("于", 6),
    ("董", 6),
    ("萧", 6),
    ("程", 5),
    ("曹", 5),
    ("袁", 5),
    ("邓", 5),
    ("许", 5),
    ("傅", 5),
    ("沈", 5),
    ("曾", 5),
    ("彭", 5),
    ("吕", 5),
    ("苏", 4),
    ("卢", 4),
    ("蒋", 4),
    ("蔡", 4),
    ("贾", 4),
    ("丁", 4),
    ("魏", 4),
    ("薛", 4),
    ("叶", 4),
    ("阎", 4),
    ("余", 4),
    ("潘", 4),
    ("杜", 4),
    ("戴", 3),
    ("夏", 3),
    ("钟", 3),
    ("汪", 3),
    ("田", 3),
    ("任", 3),
    ("姜", 3),
    ("范", 3),
    ("方", 3),
    ("石", 3),
    ("姚", 3),
    ("谭", 3),
    ("廖", 3),
    ("邹", 3),
    ("熊", 3),
    ("金", 3),
    ("陆", 3),
    ("郝", 3),
    ("孔", 3),
    ("白", 2),
    ("崔", 2),
    ("康", 2),
    ("毛", 2),
    ("邱", 2),
    ("秦", 2),
    ("江", 2),
    ("史", 2),
    ("顾", 2),
    ("侯", 2),
    ("邵", 2),
    ("孟", 2),
    ("龙", 2),
    ("万", 2),
    ("段", 2),
    ("雷", 2),
    ("钱", 2),
    ("汤", 2),
    ("尹", 2),
    ("黎", 2),
    ("易", 2),
    ("常", 2),
    ("武", 2),
    ("乔", 1),
    ("贺", 1),
    ("赖", 1),
    ("龚", 1),
    ("单", 1),
    ("仇", 1),
    ("解", 1),
    ("欧阳", 1),
    ("诸葛", 1),
];

const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文华建国志红梅玉珍春金海龙\
    宇浩轩子涵梓欣怡佳晨雨泽博思琪嘉俊峰鑫鹏飞波斌辉云凤琴萍燕玲洁淑荣翠贵福德庆林森生成";

const LATIN: &[&str] = &[
    "SMITH", "JOHNSON", "MULLER", "GARCIA", "IVANOV", "NGUYEN", "TANAKA", "KIM", "SILVA", "BROWN",
    "KOWALSKI", "ROSSI", "MARTIN", "DUBOIS", "ANDERSEN", "WILSON",
];
const FIRST: &[&str] = &[
    "ANNA", "JOHN", "MARIA", "PETER", "LINDA", "OLEG", "YUKI", "JOSE", "EMMA", "LUCAS", "SOFIA",
    "HUGO", "INGRID", "PAUL",
];

/// Numbers that are the same in every run.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    pub(crate) fn of<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(usize::try_from(self.below(list.len() as u64)).ok()?)
    }
}

/// A name: nine of ten in ideographs.
pub(crate) fn name(chance: &mut Chance) -> String {
    if chance.below(10) == 0 {
        let last = chance.of(LATIN).copied().unwrap_or_default();
        let first = chance.of(FIRST).copied().unwrap_or_default();
        return format!("{last}^{first}");
    }
    let given: Vec<char> = GIVEN.chars().filter(|c| !c.is_whitespace()).collect();
    let mut left = chance.below(SURNAMES.iter().map(|(_, weight)| weight).sum());
    let mut name = String::new();
    for (surname, weight) in SURNAMES {
        if left < *weight {
            name.push_str(surname);
            break;
        }
        left -= weight;
    }
    for _ in 0..=u64::from(chance.below(3) > 0) {
        name.extend(chance.of(&given));
    }
    name
}
