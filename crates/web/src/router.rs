//! Every route, and what lies round all of them.

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::{Extensions, HeaderMap, StatusCode, Version, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use tower::util::option_layer;
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    WebError, WebState, admin, bootstrap, cors, feed, grants,
    headers::secure,
    health, observe,
    openapi::{self, Description},
    options, qido, rejection, representations, response_headers,
    session::{self, Caller, Gate},
    stow, subscriptions, tagged, ups, viewer, wado,
    whole::Encoded,
};

/// Routes that ask for a credential, those that give one, and those that need none.
struct Routes {
    guarded: Router<WebState>,
    session: Router<WebState>,
    open: Router<WebState>,
}

/// The whole HTTP side. Signing in needs to know where a connection comes from: serve it with
/// `into_make_service_with_connect_info::<SocketAddr>`.
pub fn router(state: WebState) -> Router {
    let (routes, description) = routes();
    let door = middleware::from_fn_with_state(state.clone(), door);
    let gate = Extension(Gate::new(&state.settings.sign_in));
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(is_text);
    let methods = options::methods(&description);
    let allow = || middleware::from_fn_with_state(methods.clone(), options::allow);
    let cors = cors::layer(&state.settings.allowed_origins);
    routes
        .guarded
        .route_layer(middleware::from_fn(tagged::tagged))
        .route_layer(allow())
        .route_layer(door)
        .merge(routes.session.layer(gate).route_layer(allow()))
        .merge(routes.open.route_layer(allow()))
        .fallback(viewer::serve)
        .layer(compression)
        .layer(middleware::from_fn(secure))
        .layer(middleware::from_fn(cors::back))
        .layer(option_layer(cors))
        .layer(middleware::from_fn(cors::past))
        .layer(middleware::from_fn(observe::observe))
        .layer(CatchPanicLayer::new())
        .with_state(state)
}

/// The description of every route.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    let mut description = routes().1;
    // OpenAPI has no name for what takes the rest of a path.
    let paths = std::mem::take(&mut description.paths.paths).into_iter();
    description.paths.paths = paths
        .map(|(path, item)| (path.replace("{*", "{"), item))
        .collect();
    description
}

fn routes() -> (Routes, utoipa::openapi::OpenApi) {
    let (guarded, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(stow::store, qido::studies))
        .routes(routes!(stow::store_in_study, wado::study))
        .routes(routes!(qido::patients))
        .routes(routes!(qido::all_series))
        .routes(routes!(qido::all_instances))
        .routes(routes!(qido::series_of_study))
        .routes(routes!(qido::instances_of_study))
        .routes(routes!(qido::instances_of_series))
        .routes(routes!(wado::study_metadata))
        .routes(routes!(wado::study_rendered))
        .routes(routes!(wado::study_thumbnail))
        .routes(routes!(wado::series))
        .routes(routes!(wado::series_metadata))
        .routes(routes!(wado::series_rendered))
        .routes(routes!(wado::series_thumbnail))
        .routes(routes!(wado::instance))
        .routes(routes!(wado::instance_metadata))
        .routes(routes!(wado::instance_rendered))
        .routes(routes!(wado::instance_thumbnail))
        .routes(routes!(wado::frames))
        .routes(routes!(wado::frame_rendered))
        .routes(routes!(wado::frame_thumbnail))
        .routes(routes!(wado::study_bulkdata))
        .routes(routes!(wado::series_bulkdata))
        .routes(routes!(wado::instance_bulkdata))
        .routes(routes!(wado::bulkdata))
        .routes(routes!(wado::uri))
        .routes(routes!(options::capabilities))
        .route(
            "/dicom-web/",
            get(options::capabilities).options(options::capabilities),
        )
        .routes(routes!(ups::create, ups::search))
        .routes(routes!(ups::retrieve, ups::update))
        .routes(routes!(ups::change_state))
        .routes(routes!(ups::request_cancel))
        .routes(routes!(ups::subscribe, ups::unsubscribe))
        .routes(routes!(ups::suspend))
        .routes(routes!(ups::notifications))
        .routes(routes!(rejection::reject_study))
        .routes(routes!(rejection::reject_series))
        .routes(routes!(rejection::reject_instance))
        .routes(routes!(rejection::restore_study))
        .routes(routes!(rejection::restore_series))
        .routes(routes!(rejection::restore_instance))
        .routes(routes!(bootstrap::bootstrap))
        .routes(routes!(feed::changes))
        .routes(routes!(subscriptions::list, subscriptions::create))
        .routes(routes!(subscriptions::delete))
        .routes(routes!(subscriptions::deliveries))
        .routes(routes!(subscriptions::replay))
        .routes(routes!(admin::users, admin::make_user))
        .routes(routes!(admin::set_roles))
        .routes(routes!(admin::lock, admin::unlock))
        .routes(routes!(admin::reset_password))
        .routes(routes!(admin::reset_second_factor))
        .routes(routes!(admin::tokens, admin::issue_token))
        .routes(routes!(admin::revoke_token))
        .routes(routes!(admin::deeds))
        .routes(routes!(admin::institutions, admin::import_institutions))
        .routes(routes!(admin::put_institution))
        .routes(routes!(admin::set_standing))
        .routes(routes!(admin::make_administrator))
        .routes(routes!(grants::grants, grants::give))
        .routes(routes!(grants::end))
        .routes(routes!(grants::open_encounter, grants::close_encounter))
        .routes(routes!(grants::prohibitions, grants::forbid))
        .routes(routes!(grants::lift))
        .routes(routes!(grants::break_glass))
        .routes(routes!(grants::basis))
        .routes(routes!(grants::categories, grants::mark))
        .routes(routes!(grants::emergencies))
        .routes(routes!(grants::review))
        .routes(routes!(admin::entities, admin::import_entities))
        .routes(routes!(admin::put_entity, admin::remove_entity))
        .split_for_parts();
    openapi::behind_the_door(&mut description);
    representations::describe(&mut description);
    let (session, of_session) = OpenApiRouter::new()
        .routes(routes!(session::login, session::logout))
        .routes(routes!(session::begin))
        .routes(routes!(session::callback))
        .routes(routes!(
            session::factor,
            session::offer,
            session::confirm,
            session::remove
        ))
        .layer(DefaultBodyLimit::max(session::LONGEST_BODY))
        .split_for_parts();
    let (open, of_open) = OpenApiRouter::new()
        .routes(routes!(session::info))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
        .routes(routes!(openapi::serve))
        .split_for_parts();
    description.merge(of_session);
    description.merge(of_open);
    response_headers::describe(&mut description);
    let routes = Routes {
        guarded,
        session,
        open,
    };
    (routes, description)
}

/// No patient-data route does anything for nobody, whatever its handler forgets.
async fn door(
    axum::extract::State(state): axum::extract::State<WebState>,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::establish(&parts, &state).await?;
    caller.require_known()?;
    parts.extensions.insert(caller);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// JSON and text shrink to a tenth; pixels do not, and a stream of them must not wait.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, marks: &Extensions) -> bool {
    if marks.get::<Encoded>().is_some() {
        return false;
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    kind.starts_with("text/")
        || kind.starts_with("application/json")
        || kind.starts_with("application/dicom+json")
        || kind.starts_with("application/dicom+xml")
        || kind.starts_with("application/xml")
        || kind.starts_with("application/wasm")
        || kind.starts_with("image/svg")
}
