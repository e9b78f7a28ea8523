//! The addresses by what they are about.

mod actions;
mod alerts;
mod branches;
mod content;
mod org;
mod people;
mod repo;

use crate::options::Product;
use crate::permission::Access;
use crate::route::Route;

pub(crate) use branches::upgrade;
pub(crate) use repo::visible;

/// Every address.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    [
        actions::ROUTES,
        alerts::ROUTES,
        branches::ROUTES,
        content::ROUTES,
        org::ROUTES,
        people::ROUTES,
        repo::ROUTES,
    ]
    .into_iter()
    .flatten()
}

const READ: Access = Access::Read;

fn everywhere(_: Product) -> bool {
    true
}

fn cloud_only(product: Product) -> bool {
    !product.is_server()
}

/// github.com and Enterprise Server from 3.19 on.
fn from_3_19(product: Product) -> bool {
    match product {
        Product::Cloud => true,
        Product::Server(minor) => minor >= 19,
    }
}
